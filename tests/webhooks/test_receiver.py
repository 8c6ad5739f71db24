"""A receiver that knows nothing but the library: it verifies, is told everything, at least once, and in order."""

from datetime import timedelta

from invoicing.models.events import Event
from invoicing.services.invoices import release
from invoicing.services.payments import reverse_payment
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.models import Attempt, Delivery
from tests.invoicing.settling import World, at
from tests.webhooks.ground import active, errors, let_two_days_pass, pass_time, registered, states, work
from tests.webhooks.receiver import Receiver, listening


def test_endpoint_is_active_once_it_has_said_its_challenge_back(world: World, receiver: Receiver):
    endpoint = registered(receiver, world.parties.agent)
    issued = world.all_issued()
    world.approve(issued[0])
    work()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.verified_at is not None) == ("active", True)
    assert states(endpoint) == []
    world.approve(issued[1], "2026-06-09 10:30")
    work()
    assert receiver.types == ["invoice.approved"]


def test_receiver_is_told_what_happened_in_ids_alone(world: World, receiver: Receiver):
    active(receiver, world.parties.agent)
    first = world.all_issued()[0]
    world.approve(first)
    payment = world.pay([(first, "1.00")])
    work()
    told = [each for each in receiver.taken.values() if not each["type"].startswith("endpoint.")]
    events = {each.kind: each for each in Event.objects.filter(kind__in=["invoice.approved", "payment.recorded"])}
    contract = f"con_{world.contract.pk}"
    assert told == [
        {
            "type": "invoice.approved",
            "timestamp": "2026-06-09T09:00:00Z",
            "data": {
                "event": f"evt_{events['invoice.approved'].pk}",
                "contract": contract,
                "invoice": f"inv_{first.pk}",
            },
        },
        {
            "type": "payment.recorded",
            "timestamp": "2026-06-20T13:00:00Z",
            "data": {
                "event": f"evt_{events['payment.recorded'].pk}",
                "contract": contract,
                "payment": f"pay_{payment.pk}",
            },
        },
    ]
    assert [key for key in receiver.taken if key.startswith("evt_")] == [each["data"]["event"] for each in told]
    _, headers, _ = receiver.requests[-1]
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"


def test_receiver_that_was_away_misses_nothing_and_is_told_in_order(world: World):
    with listening() as receiver:
        endpoint = active(receiver, world.parties.agent)
        port, secret = receiver.port, receiver.secret
    first, second, *_ = world.all_issued()
    held = world.hold(first)
    release(invoice=held, by=world.parties.officer, clock=at("2026-06-09 12:00"), reason="Settled")
    world.approve(first, "2026-06-09 13:00")
    world.approve(second, "2026-06-09 13:05")
    payment = world.pay([(first, "1.00"), (second, "1.00")])
    work()
    assert set(errors(endpoint)) == {"It refused the connection."}
    assert [state for _, state in states(endpoint)] == ["waiting"] * 5
    assert Attempt.objects.filter(delivery__about=[f"inv_{first.pk}"]).values("delivery").distinct().count() == 1
    with listening(port) as receiver:
        receiver.secret, receiver.down = secret, True
        pass_time(timedelta(seconds=6))
        work()
        assert errors(endpoint)[-1] == "It answered 503."
        receiver.down = False
        pass_time(timedelta(minutes=6))
        work()
        reverse_payment(payment=payment, reason="Another’s", by=world.clerk, clock=at("2026-06-21 09:00"))
        work()
        of_first = [
            each["type"] for each in receiver.taken.values() if each["data"].get("invoice") == f"inv_{first.pk}"
        ]
        assert of_first == ["invoice.held", "invoice.released", "invoice.approved"]
        assert receiver.types[-2:] == ["payment.recorded", "payment.reversed"]
        assert len(receiver.types) == 6
        assert {state for _, state in states(endpoint)} == {"delivered"}


def test_message_that_is_never_taken_keeps_back_its_own_invoice_alone_and_is_given_up(world: World, receiver: Receiver):
    endpoint = active(receiver, world.parties.agent)
    first, second, *_ = world.all_issued()
    receiver.refuses = lambda message: 500 if message["type"] == "invoice.held" else 0
    held = world.hold(first)
    release(invoice=held, by=world.parties.officer, clock=at("2026-06-09 12:00"), reason="Settled")
    world.approve(second, "2026-06-09 13:05")
    work()
    assert receiver.types == ["invoice.approved"]
    let_two_days_pass()
    assert receiver.types == ["invoice.approved", "invoice.released"]
    assert states(endpoint) == [
        ("invoice.held", "given_up"),
        ("invoice.released", "delivered"),
        ("invoice.approved", "delivered"),
    ]
    assert Delivery.objects.get(kind="invoice.held").attempts.count() == 9
    endpoint.refresh_from_db()
    assert endpoint.state == "active"


def test_payment_of_two_invoices_waits_for_both(world: World, receiver: Receiver):
    active(receiver, world.parties.agent)
    first, second, *_ = world.all_issued()
    receiver.refuses = lambda message: 500 if message["data"].get("invoice") == f"inv_{second.pk}" else 0
    world.approve(first)
    world.approve(second, "2026-06-09 10:05")
    world.pay([(first, "1.00"), (second, "1.00")])
    work()
    assert receiver.types == ["invoice.approved"]
    receiver.refuses = lambda _message: 0
    pass_time(timedelta(seconds=6))
    work()
    assert receiver.types == ["invoice.approved", "invoice.approved", "payment.recorded"]


def test_same_message_has_the_same_id_and_bytes_at_every_attempt_and_a_new_signature(world: World, receiver: Receiver):
    endpoint = active(receiver, world.parties.agent)
    receiver.down = True
    world.approve(world.all_issued()[0])
    work()
    pass_time(timedelta(seconds=6))
    receiver.down = False
    work()
    services.send_again(delivery=endpoint.deliveries.get(kind="invoice.approved"), by=_admin(), clock=DATABASE_CLOCK)
    work()
    sent = [each for each in receiver.requests if each[0].startswith("evt_")]
    assert len(sent) == 3
    assert len({(key, body) for key, _, body in sent}) == 1
    assert list(receiver.taken.values())[-1]["type"] == "invoice.approved"
    assert len(receiver.taken) == 2


def _admin():
    from tests.savings import ledger

    return ledger.administrator()
