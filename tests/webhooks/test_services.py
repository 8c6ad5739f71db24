"""Endpoints and their secrets: who keeps them, what may be done when, and what becomes of what waits meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import override_settings

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotPermitted, Refused
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.services import run
from pbr_ledger.lifecycle import ActionNotPossible
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.models import Attempt, Endpoint, EndpointSecret
from pbr_ledger.webhooks.queries import failed_endpoints, secrets_valid
from pbr_ledger.webhooks.schedule import PAUSES, pause_after
from pbr_ledger.webhooks.sending import Answer
from tests.api.programs import Program
from tests.invoicing.settling import World
from tests.savings import ledger
from tests.webhooks.ground import (
    Minutes,
    active,
    committed,
    errors,
    let_two_days_pass,
    pass_time,
    registered,
    states,
    work,
)
from tests.webhooks.receiver import Receiver

HOOKS = "http://127.0.0.1:9/hooks"
REFUSED = Answer(503, "It answered 503.", b"", 7)


@pytest.fixture
def parties(db: None):
    return ledger.parties()


def made(organisation: Organisation, by: Person | None = None, **changes: object) -> services.NewEndpoint:
    wanted = {"url": HOOKS, "events": ["invoice.approved"]} | changes
    return services.create_endpoint(
        organisation=organisation, by=by or ledger.administrator(), clock=DATABASE_CLOCK, **wanted
    )


def test_nine_attempts_are_spread_over_two_days():
    assert len(PAUSES) == 8
    assert sum(PAUSES, timedelta()) == timedelta(days=2, seconds=5)
    for number, pause in enumerate(PAUSES, start=1):
        assert pause_after("invoice.held", number, 0.5) == pause
        assert pause_after("invoice.held", number, 0) == pause * 0.9
        assert pause_after("invoice.held", number, 1) == pause * 1.1
    assert pause_after("invoice.held", 9, 0.5) is None
    assert pause_after("endpoint.test", 1, 0.5) is None
    assert [pause_after("endpoint.verification", number, 0.5) for number in (1, 2, 3, 4)] == [
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=5),
        None,
    ]


def test_each_attempt_is_due_after_its_pause_by_the_clock_handed_in_and_the_ninth_failure_disables(world: World):
    endpoint = made(world.parties.agent).endpoint
    clock = Minutes()
    challenge = endpoint.deliveries.get()
    outcome = services.Outcome(1, 1, clock.read(after=None), Answer(200, "", b"", 3))
    services.keep_attempt(delivery=challenge, outcome=outcome, clock=clock)
    world.approve(world.all_issued()[0])
    committed()
    delivery = endpoint.deliveries.get(kind="invoice.approved")
    for number, pause in enumerate(PAUSES, start=1):
        at = clock.read(after=None)
        services.keep_attempt(
            delivery=delivery, outcome=services.Outcome(1, number, at, REFUSED), clock=clock, chance=lambda: 0.5
        )
        delivery.refresh_from_db()
        assert delivery.due_at == at + pause + timedelta(microseconds=1)
        assert Job.objects.get(key=f"{delivery.pk}.1.{number + 1}").run_after == delivery.due_at
        clock.at = delivery.due_at
    services.keep_attempt(
        delivery=delivery, outcome=services.Outcome(1, 9, clock.read(after=None), REFUSED), clock=clock
    )
    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_because) == ("disabled", "failing")
    assert (delivery.state, delivery.due_at, delivery.attempts.count()) == ("waiting", None, 9)
    began = delivery.attempts.get(number=1).at
    assert endpoint.disabled_at
    assert began + timedelta(days=2) < endpoint.disabled_at < began + timedelta(days=2, seconds=6)


def test_endpoint_that_takes_nothing_for_two_days_is_disabled_and_enabled_again_it_is_told_everything(
    world: World, receiver: Receiver
):
    endpoint = active(receiver, world.parties.agent)
    by = ledger.person(world.parties.agent, "Ada Agent", "administrator")
    first, second, *_ = world.all_issued()
    receiver.down = True
    world.hold(first)
    let_two_days_pass()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_because) == ("disabled", "failing")
    assert list(failed_endpoints([world.parties.agent])) == [endpoint]
    notice = Job.objects.get(kind=services.DISABLED_NOTICE)
    assert run(job_id=notice.pk).error == ""
    (sent,) = mail.outbox
    assert sent.to == [by.email]
    assert "took no message for two days" in sent.body
    assert f"/programs/webhooks/{endpoint.pk}/" in sent.body
    assert "tenant" not in sent.body
    world.approve(second, "2026-06-09 13:05")
    work()
    assert states(endpoint) == [("invoice.held", "waiting"), ("invoice.approved", "waiting")]
    assert Attempt.objects.filter(delivery__kind="invoice.approved").count() == 0
    receiver.down = False
    services.enable_endpoint(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
    work()
    assert receiver.types == ["invoice.held", "invoice.approved"]
    assert not failed_endpoints([world.parties.agent]).exists()


def test_endpoint_that_says_it_is_gone_is_disabled_at_once(world: World, receiver: Receiver):
    endpoint = active(receiver, world.parties.agent)
    receiver.refuses = lambda _message: 410
    world.approve(world.all_issued()[0])
    work()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_because) == ("disabled", "gone")
    assert states(endpoint) == [("invoice.approved", "waiting")]
    assert errors(endpoint) == ["It answered 410."]


def test_disabled_by_hand_keeps_what_happens_and_moved_it_has_to_answer_again(world: World, receiver: Receiver):
    endpoint = active(receiver, world.parties.agent)
    by, clock = ledger.administrator(), DATABASE_CLOCK
    services.disable_endpoint(endpoint=endpoint, by=by, clock=clock)
    with pytest.raises(services.NotOpen, match="The endpoint is disabled"):
        services.send_test(endpoint=endpoint, by=by, clock=clock)
    with pytest.raises(ActionNotPossible):
        services.disable_endpoint(endpoint=endpoint, by=by, clock=clock)
    world.approve(world.all_issued()[0])
    work()
    assert states(endpoint) == [("invoice.approved", "waiting")]
    moved = services.change_endpoint(
        endpoint=endpoint, url=f"{receiver.url}&moved", events=endpoint.events, description="", by=by, clock=clock
    )
    assert moved.state == "unverified"
    work()
    endpoint.refresh_from_db()
    assert endpoint.state == "active"
    assert receiver.types == ["invoice.approved"]
    with pytest.raises(ActionNotPossible):
        services.enable_endpoint(endpoint=endpoint, by=by, clock=clock)


def test_two_secrets_are_valid_for_a_day_after_a_change_and_one_after_it(world: World, receiver: Receiver):
    endpoint = active(receiver, world.parties.agent)
    by = ledger.administrator()
    earlier = receiver.secret
    newer = services.rotate_secret(endpoint=endpoint, by=by, clock=DATABASE_CLOCK).secret
    for secret in (earlier, newer):
        receiver.secret = secret
        services.send_test(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
        work()
    assert states(endpoint) == [("endpoint.test", "delivered")] * 2
    _, headers, _ = receiver.requests[-1]
    assert [each.split(",")[0] for each in headers["webhook-signature"].split(" ")] == ["v1", "v1"]
    now = DATABASE_CLOCK.read(after=None)
    assert len(secrets_valid(endpoint, now + timedelta(hours=23, minutes=59))) == 2
    assert len(secrets_valid(endpoint, now + timedelta(hours=24))) == 1
    services.end_earlier_secret(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
    receiver.secret = earlier
    services.send_test(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
    work()
    assert states(endpoint)[-1] == ("endpoint.test", "given_up")
    assert Attempt.objects.latest("pk").excerpt == "No matching signature found"
    third = services.rotate_secret(endpoint=endpoint, by=by, clock=DATABASE_CLOCK).secret
    services.rotate_secret(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
    assert len(secrets_valid(endpoint, DATABASE_CLOCK.read(after=None))) == 2
    kept = " ".join(EndpointSecret.objects.values_list("enciphered", flat=True))
    assert not any(secret.removeprefix("whsec_") in kept for secret in (earlier, newer, third))
    assert not any(secret in str(AuditEvent.objects.values_list("detail", flat=True)) for secret in (earlier, newer))


def test_wrong_answer_to_the_challenge_verifies_nothing_and_a_new_one_can_be_asked_for(parties, receiver: Receiver):
    endpoint = registered(receiver, parties.agent)
    by = ledger.administrator()
    receiver.blindly = b'{"challenge": "x"}'
    for _ in range(4):
        work()
        pass_time(timedelta(minutes=6))
    endpoint.refresh_from_db()
    assert (endpoint.state, set(errors(endpoint))) == (
        "unverified",
        {'It answered, but did not say the challenge back as {"challenge": …}.'},
    )
    assert endpoint.deliveries.get().state == "given_up"
    for body in (b"", b"[1]", b"null", b"\xff", b"[" * 4000, b'{"challenge": 7}'):
        receiver.blindly = body
        services.ask_for_verification(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
        work()
        endpoint.refresh_from_db()
        assert endpoint.state == "unverified"
    receiver.blindly = None
    services.ask_for_verification(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)
    work()
    endpoint.refresh_from_db()
    assert endpoint.state == "active"
    with pytest.raises(services.NotOpen, match="verified already"):
        services.ask_for_verification(endpoint=endpoint, by=by, clock=DATABASE_CLOCK)


def test_closed_endpoint_gets_nothing_more_and_stays_closed(world: World, receiver: Receiver):
    endpoint = active(receiver, world.parties.agent)
    by, clock = ledger.administrator(), DATABASE_CLOCK
    receiver.down = True
    first, second, *_ = world.all_issued()
    world.approve(first)
    work()
    services.close_endpoint(endpoint=endpoint, by=by, clock=clock)
    receiver.down = False
    world.approve(second, "2026-06-09 13:05")
    pass_time(timedelta(days=1))
    work()
    assert states(endpoint) == [("invoice.approved", "given_up")]
    assert receiver.types == []
    for act in (services.close_endpoint, services.enable_endpoint, services.rotate_secret, services.send_test):
        with pytest.raises(services.NotOpen, match="The endpoint is closed"):
            act(endpoint=endpoint, by=by, clock=clock)
    assert registered(receiver, world.parties.agent).url == endpoint.url


def test_agent_is_never_told_of_a_statement_nor_anybody_of_the_contracts_of_others(world: World, receiver: Receiver):
    """Written past the services, as somebody might: what the database's trigger does by itself."""
    for organisation in (world.parties.agent, ledger.organisation("Other Agent", "agent"), world.parties.council):
        made(organisation)
    Endpoint.objects.update(
        events=["statement.closed", "invoice.approved"], state="active", verified_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    world.approve(world.all_issued()[0])
    ledger.load(ledger.scenario("mid-month-move"), world.parties, reference="SECOND")
    committed()
    told = {each.organisation.reference: {kind for kind, _ in states(each)} for each in Endpoint.objects.all()}
    assert told == {
        world.parties.agent.reference: {"invoice.approved"},
        "other-agent": set(),
        world.parties.council.reference: {"invoice.approved", "statement.closed"},
    }


def test_who_keeps_endpoints(parties):
    council, agent = ledger.administrator(), ledger.person(parties.agent, "Ada Agent", "administrator")
    writer = Program.of(parties.agent, "webhooks:write", roles=[]).made.client
    reader = Program.of(parties.agent, "webhooks:read", "events:read").made.client
    elsewhere = Program.of(parties.provider, "webhooks:write", roles=[]).made.client
    for number, by in enumerate((council, agent, writer.person)):
        assert made(parties.agent, by, url=f"{HOOKS}/{number}").endpoint.state == "unverified"
    for by in (
        parties.officer,
        parties.accountant,
        parties.provider_staff,
        ledger.person(parties.provider, "Pia Provider", "administrator"),
        reader.person,
        elsewhere.person,
    ):
        with pytest.raises(NotPermitted):
            made(parties.agent, by, url=f"{HOOKS}/x")
    with pytest.raises(NotPermitted):
        made(parties.council, agent)


def test_what_is_wrong_with_an_endpoint_is_said_at_its_place(parties):
    made(parties.agent)
    with pytest.raises(services.AlreadyRegistered):
        made(parties.agent)
    assert made(parties.council).endpoint.url == HOOKS
    wrong = {
        "url": ({"url": "https://10.0.0.1/"}, "Name the host, not its number: certificates are made for names."),
        "events": ({"events": []}, "Name at least one."),
        "description": ({"description": "x\n"}, "Use at most 100 plain characters."),
    }
    for place, (changes, said) in wrong.items():
        with pytest.raises(Refused) as refusal:
            made(parties.agent, **changes)
        assert [(each.place, each.message) for each in refusal.value.problems] == [(place, said)]
    for event in ("statement.closed", "child.moved", "endpoint.test"):
        with pytest.raises(Refused, match=f"There is no event “{event}” of which"):
            made(parties.agent, url=f"{HOOKS}/y", events=[event])
    with override_settings(WEBHOOKS_LOOPBACK=False), pytest.raises(Refused, match="has to begin with https://"):
        made(parties.agent, url=f"{HOOKS}/z")


def test_everything_done_with_an_endpoint_is_in_the_activity_log_without_its_query(parties, receiver: Receiver):
    endpoint = active(receiver, parties.agent)
    by, clock = ledger.administrator(), DATABASE_CLOCK
    sent = services.send_test(endpoint=endpoint, by=by, clock=clock)
    work()
    services.send_again(delivery=sent, by=by, clock=clock)
    services.rotate_secret(endpoint=endpoint, by=by, clock=clock)
    services.end_earlier_secret(endpoint=endpoint, by=by, clock=clock)
    services.disable_endpoint(endpoint=endpoint, by=by, clock=clock)
    services.enable_endpoint(endpoint=endpoint, by=by, clock=clock)
    services.close_endpoint(endpoint=endpoint, by=by, clock=clock)
    logged = AuditEvent.objects.filter(stream="webhooks").order_by("sequence")
    assert list(logged.values_list("action", "actor_name")) == [
        ("endpoint.created", by.full_name),
        ("endpoint.verified", "The system"),
        ("endpoint.tested", by.full_name),
        ("webhook.sent again", by.full_name),
        ("endpoint.secret rotated", by.full_name),
        ("endpoint.earlier secret ended", by.full_name),
        ("endpoint.disabled", by.full_name),
        ("endpoint.enabled", by.full_name),
        ("endpoint.closed", by.full_name),
    ]
    assert {each.subject for each in logged} == {f"team-matrix http://127.0.0.1:{receiver.port}/hooks"}


def test_organisation_has_so_many_endpoints_and_no_more(parties):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    by = ledger.administrator()
    Endpoint.objects.bulk_create(
        Endpoint(
            organisation=parties.agent, url=f"{HOOKS}/{n}", events=["x"], created_by=by, created_at=at, moved_at=at
        )
        for n in range(20)
    )
    with pytest.raises(services.AlreadyRegistered, match="has 20 endpoints already: close one first"):
        made(parties.agent)
    services.close_endpoint(endpoint=Endpoint.objects.earliest("pk"), by=by, clock=DATABASE_CLOCK)
    assert made(parties.agent).endpoint.url == HOOKS
