"""People are told what happened and what needs them: each as they chose, and never of a child or a carer."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import repeat

import pytest
from django.conf import LazySettings
from django.core import mail

from cohort import services as cohort
from cohort.queries import current_facts
from invoicing.services import announcements
from pbr_ledger.clock import DATABASE_CLOCK, StatedClock
from pbr_ledger.errors import Refused
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from pbr_ledger.notices.models import AT_ONCE, DAILY, NEVER, Notice, NoticeCopy
from pbr_ledger.notices.services import announce, choose
from pbr_ledger.periods import LONDON
from savings.pages.summary import lines_ahead
from savings.services import agree, dispute, propose, withdraw_dispute
from tests.pages.months import NOVEMBER, client_of, person, recorded, second_officer
from tests.pages.world import World
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def done_jobs() -> list[mail.EmailMessage]:
    """Every job that waits is done, those that it asks for too; the mails that went by it, in their order."""
    before = len(mail.outbox)
    while waiting := list(Job.objects.filter(state="waiting", kind__startswith="notice").order_by("pk")):
        for job in waiting:
            done = jobs.run(job_id=job.pk)
            assert done is not None
            assert (done.state, done.error) == ("done", "")
    return mail.outbox[before:]


def who_got(mails: list[mail.EmailMessage]) -> dict[str, str]:
    """The subject that each person got."""
    return {message.to[0]: str(message.subject) for message in mails}


def proposed_now(here: World) -> object:
    return propose(contract=here.contract, month=NOVEMBER, by=person(here, "finance_officer"), clock=DATABASE_CLOCK)


def morning(day: str) -> StatedClock:
    return StatedClock(repeat(datetime.fromisoformat(f"{day} 07:30").replace(tzinfo=LONDON)))


def summaries(day: str) -> list[mail.EmailMessage]:
    """What is mailed on the morning of that day."""
    jobs.catch_up(clock=morning(day))
    return done_jobs()


def test_proposal_is_mailed_to_both_sides_but_not_to_who_proposed_it(open_month: World) -> None:
    proposed_now(open_month)
    mails = done_jobs()
    subject = "L04 25/26: November 2025: the statement is proposed"
    assert who_got(mails) == {
        "sam.second@plymouth.example": subject,
        "lee.accountant@plymouth.example": subject,
        "priya.provider@reconnect.example": subject,
    }
    body = next(str(message.body) for message in mails if message.to == ["priya.provider@reconnect.example"])
    assert f"/contracts/{open_month.contract.pk}/statements/2025-11/" in body
    assert body.startswith(
        "Dear Priya Provider,\n\nL04 25/26: November 2025: the statement is proposed (Olga Officer)."
    )
    assert "/account/notices/" in body


def test_each_is_told_as_they_chose(open_month: World) -> None:
    choose(person=person(open_month, "lead_accountant"), choices={"statements": DAILY})
    choose(person=second_officer(), choices={"statements": NEVER})
    proposed_now(open_month)
    assert list(who_got(done_jobs())) == ["priya.provider@reconnect.example"]
    copies = NoticeCopy.objects.order_by("person__full_name").values_list("person__full_name", "at_once")
    assert list(copies) == [("Lee Accountant", False), ("Priya Provider", True)]


def test_leaver_and_who_lost_the_role_are_told_nothing(open_month: World) -> None:
    proposed_now(open_month)
    leaver = second_officer()
    leaver.is_active = False
    leaver.save(update_fields=["is_active"])
    provider = person(open_month, "provider_staff")
    provider.role_grants.update(revoked_at=DATABASE_CLOCK.read(after=None), revoked_by=leaver)
    assert list(who_got(done_jobs())) == ["lee.accountant@plymouth.example"]


def test_history_that_is_loaded_wakes_nobody(here: World) -> None:
    """Every month of both contracts was proposed, agreed and closed with clocks of long ago."""
    assert here.contract.proposals.count() > 0
    assert Notice.objects.count() == 0


def test_where_no_mail_is_sent_no_job_tries(open_month: World, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", ""
    proposed_now(open_month)
    jobs.catch_up(clock=morning("2026-01-05"))
    assert not Job.objects.filter(kind__startswith="notice").exists()
    settings.EMAIL_HOST = "mail.example"
    jobs.catch_up(clock=morning("2026-01-05"))
    assert Job.objects.filter(kind="notice.summary").exists()


def test_what_happened_a_day_ago_is_told_and_what_is_older_is_not(open_month: World) -> None:
    now = DATABASE_CLOCK.read(after=None)
    for days, told in ((0.9, True), (1.1, False)):
        made = announce(
            kind="limits",
            about="L04",
            text="once\nor twice",
            page="invoices",
            parts=[open_month.contract.pk],
            organisations=[open_month.contract.council_id],
            by=None,
            at=now - timedelta(days=days),
        )
        assert (made is not None) == told
    assert Notice.objects.get().text == "once or twice"


def test_every_step_of_a_month_is_told_in_words_without_a_child(open_month: World) -> None:
    """The claim's reason, the disputed line and what is written about them name the child; no mail does."""
    contract, clock = open_month.contract, DATABASE_CLOCK
    officer, provider = person(open_month, "finance_officer"), person(open_month, "provider_staff")
    claim = next(iter(current_facts(contract).claims))
    cohort.write_to_claim(contract=contract, claim=claim, text="C01 is settled", by=provider, clock=clock)
    cohort.act_on_claim(contract=contract, claim=claim, action="query", text="Is C01?", by=officer, clock=clock)
    cohort.act_on_claim(contract=contract, claim=claim, action="answer", text="C01 is", by=provider, clock=clock)
    cohort.act_on_claim(contract=contract, claim=claim, action="agree", text="", by=officer, clock=clock)
    proposal = propose(contract=contract, month=NOVEMBER, by=officer, clock=clock)
    raised = dispute(proposal=proposal, about="Child C01", reason="C01 moved later", by=provider, clock=clock)
    withdraw_dispute(dispute=raised, by=provider, clock=clock)
    again = propose(contract=contract, month=NOVEMBER, by=officer, clock=clock)
    agree(proposal=again, by=provider, clock=clock)
    assert list(Notice.objects.order_by("pk").values_list("kind", "text")) == [
        ("claims", "There is a message about a claim"),
        ("claims", "A claim is queried"),
        ("claims", "A claim is submitted"),
        ("claims", "A claim is agreed"),
        ("statements", "November 2025: the statement is proposed"),
        ("statements", "November 2025: the provider disputes the statement"),
        ("statements", "November 2025: the provider has withdrawn its dispute"),
        ("statements", "November 2025: the statement is proposed"),
        ("statements", "November 2025: the provider has agreed the statement"),
    ]
    mails = [*done_jobs(), *summaries("2026-01-05")]
    assert len(mails) > 10
    for message in mails:
        assert not re.search(r"\bC01\b|C01-|settled|moved later", f"{message.subject} {message.body}")


def test_daily_summary_says_what_happened_what_needs_the_person_and_what_comes(open_month: World) -> None:
    contract = open_month.contract
    provider = person(open_month, "provider_staff")
    claim = next(iter(current_facts(contract).claims))
    officer = person(open_month, "finance_officer")
    cohort.act_on_claim(
        contract=contract, claim=claim, action="query", text="Which day?", by=officer, clock=DATABASE_CLOCK
    )
    done_jobs()
    mine = [message for message in summaries("2026-01-05") if message.to == [provider.email]]
    assert len(mine) == 1
    body = str(mine[0].body)
    assert "What happened\n\n- L04 25/26: A claim is queried\n" in body
    assert "What needs you\n\n- L04 25/26: 1 claim is queried by the council (since " in body
    assert "C01" not in body
    assert [message for message in summaries("2026-01-05") if message.to == [provider.email]] == []
    tomorrow = [message for message in summaries("2026-01-06") if message.to == [provider.email]]
    assert "What happened" not in str(tomorrow[0].body)
    assert "What needs you" in str(tomorrow[0].body)


def test_nothing_to_say_is_not_mailed_and_never_is_never(open_month: World) -> None:
    accountant = person(open_month, "lead_accountant")
    choose(person=accountant, choices={"summary": NEVER})
    mailed = who_got(summaries("2026-01-05"))
    assert accountant.email not in mailed
    assert "clara.clerk@team-matrix.example" not in mailed
    assert mailed["olga.officer@plymouth.example"].startswith("Your ledger on ")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("0.00", "799999.99", []),
        ("0.00", "800000.00", ["80% of the maximum contract value is approved"]),
        ("800000.00", "899999.99", []),
        ("700000.00", "950000.00", ["90% of the maximum contract value is approved"]),
        ("950000.00", "1000000.00", ["100% of the maximum contract value is approved"]),
        ("850000.00", "700000.00", []),
    ],
)
def test_everyone_is_warned_once_when_a_limit_comes_near(
    open_month: World, before: str, after: str, told: list[str]
) -> None:
    announcements.warn_of_maximum(
        open_month.contract,
        before=Decimal(before),
        after=Decimal(after),
        maximum=Decimal("1000000.00"),
        by=None,
        at=DATABASE_CLOCK.read(after=None),
    )
    assert list(Notice.objects.values_list("text", flat=True)) == told


def test_person_chooses_on_a_page_of_their_own(open_month: World) -> None:
    client = client_of(open_month, "provider_staff")
    page = client.get("/account/notices/").content.decode()
    assert "What you are mailed" in page
    assert "The maximum contract value" in page
    assert "Payables" not in page
    given = dict.fromkeys(("statements", "documents", "claims", "invoices", "payments", "limits"), NEVER)
    answer = client.post("/account/notices/", {**given, "summary": DAILY})
    assert answer["Location"] == "/account/"
    kept = person(open_month, "provider_staff").notice_choices.order_by("kind").values_list("kind", "choice")
    assert list(kept) == [
        ("claims", NEVER),
        ("documents", NEVER),
        ("invoices", NEVER),
        ("limits", NEVER),
        ("payments", NEVER),
        ("statements", NEVER),
        ("summary", DAILY),
    ]
    page = client.post("/account/notices/", {**given, "summary": "at_once"}).content.decode()
    assert "What needs you: choose one of these" in page
    page = client.post("/account/notices/", {"summary": DAILY}).content.decode()
    assert "Statements: choose when you want to be told" in page


def test_who_has_no_part_in_a_contract_has_nothing_to_choose(folk: dict) -> None:
    page = signed_in(folk["own council administrator"]).get("/account/notices/").content.decode()
    assert "Nothing is mailed to you but what concerns your account" in page


def test_kind_of_somebody_else_is_refused_by_name(open_month: World) -> None:
    with pytest.raises(Refused) as refused:
        choose(person=person(open_month, "provider_staff"), choices={"payables": DAILY, "summary": AT_ONCE})
    assert [problem.place for problem in refused.value.problems] == ["payables", "summary"]


def test_coming_days_are_in_the_summary(open_month: World) -> None:
    """Phase 3 ends on 30 September 2026; the child leaves on its 18th birthday, and nobody is told which child."""
    provider, child = person(open_month, "provider_staff"), current_facts(open_month.contract).children["C01"]
    lines = [line.text for line in lines_ahead(provider, date(2026, 9, 1))]
    assert lines == ["L04 25/26: Phase 3 ends on 30 September 2026"]
    assert list(lines_ahead(provider, date(2026, 8, 1))) == []
    recorded(open_month, [replace(child, left=date(2026, 9, 20))], on="2025-12-09 10:00")
    assert [line.text for line in lines_ahead(provider, date(2026, 9, 1))] == [
        "L04 25/26: 1 child leaves the cohort on 20 September 2026",
        "L04 25/26: Phase 3 ends on 30 September 2026",
    ]
    (phase,) = lines_ahead(provider, date(2026, 9, 20))
    assert phase.text == "L04 25/26: Phase 3 ends on 30 September 2026"
