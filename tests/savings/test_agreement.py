"""From proposal to closing: each step by those who may, beside its refusal to everybody and everything else.

The small contract: one child, 13 nights of January 2026 at (7,000.00 - 785.00) / 7 save 11,542.14; its placement earns
a carer fee of 10,000.00. An expense is dated 5 February.
"""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction

from cohort import services as cohort
from cohort.core.facts import Expense, Rate
from cohort.core.terms import NoTermsKnown
from cohort.models import Contract
from cohort.services import stream_of
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import head, verify
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted
from pbr_ledger.jobs.models import Job
from pbr_ledger.lifecycle import ActionNotPossible
from pbr_ledger.periods import Month
from savings import services
from savings.core.statement import MonthBeforeProgramme
from savings.management.parties import SCENARIO_CAST, standing_parties
from savings.models import Agreement, ClosedStatement, Dispute, Proposal
from savings.queries import closed_statement, latest_proposal, open_proposal
from savings.services import (
    AgreementMissing,
    AlreadyAgreed,
    AlreadyProposed,
    DisputeAlreadyWithdrawn,
    FiguresHaveChanged,
    MonthNotOver,
    Parties,
    ReasonMissing,
    StatementAlreadyClosed,
)
from tests.cohort import sample
from tests.savings import ledger

DECEMBER, JANUARY, FEBRUARY, MARCH = Month(2025, 12), Month(2026, 1), Month(2026, 2), Month(2026, 3)
DEARER = replace(sample.FOSTERING, costs=(Rate(sample.FOSTERING.start, 80_600),))
"""The same placement at 806.00 a week: each night saves 3.00 less."""
LATER_EXPENSE = Expense("E02", sample.EXPENSE.day, "mileage", 4_500, "100 miles at 45p")
"""Of February: it changes no figure of January."""
SKIPPING = "Reconnect had placed nobody before."
ASKED_FOR = ("reconciliation.pdf", "workbook.xlsx", "draft-invoice")
"""The jobs that follow a closing."""


def propose(contract: Contract, by: Person, *, month: Month = JANUARY, at: str = "2026-02-02 10:00") -> Proposal:
    return services.propose(contract=contract, month=month, by=by, clock=ledger.clock(at))


def agree(proposal: Proposal, by: Person, *, at: str = "2026-02-03 10:00") -> Agreement:
    return services.agree(proposal=proposal, by=by, clock=ledger.clock(at))


def dispute(
    proposal: Proposal,
    by: Person,
    *,
    about: str = "C01",
    reason: str = "Moved on the 20th",
    at: str = "2026-02-04 10:00",
) -> Dispute:
    return services.dispute(proposal=proposal, about=about, reason=reason, by=by, clock=ledger.clock(at))


def withdraw(raised: Dispute, by: Person, *, at: str = "2026-02-05 10:00") -> Dispute:
    return services.withdraw_dispute(dispute=raised, by=by, clock=ledger.clock(at))


def close(
    proposal: Proposal, by: Person, *, at: str = "2026-02-06 10:00", skipping: str = SKIPPING, unanswered: str = ""
) -> ClosedStatement:
    return services.close(
        proposal=proposal, by=by, clock=ledger.clock(at), skipping_because=skipping, unanswered_because=unanswered
    )


def agreed(contract: Contract, parties: Parties, *, month: Month = JANUARY, day: str = "2026-02-02") -> Proposal:
    """A proposal that both sides have agreed."""
    proposal = propose(contract, parties.officer, month=month, at=f"{day} 10:00")
    agree(proposal, parties.provider_staff, at=f"{day} 11:00")
    agree(proposal, parties.second_officer, at=f"{day} 12:00")
    return proposal


def status(proposal: Proposal) -> str:
    proposal.refresh_from_db()
    return proposal.status


def log(contract: Contract) -> list[tuple[str, str, str]]:
    """What the activity log says of statements: action, subject, who."""
    events = AuditEvent.objects.filter(stream=stream_of(contract), action__startswith="statement.").order_by("sequence")
    assert verify(stream_of(contract)) == []
    return [(event.action, event.subject, event.actor_name) for event in events]


def details(contract: Contract, action: str) -> list[dict[str, object]]:
    events = AuditEvent.objects.filter(stream=stream_of(contract), action=action).order_by("sequence")
    return [json.loads(event.detail) for event in events]


# Who may


@pytest.fixture
def everybody(parties: Parties) -> dict[str, Person]:
    """People of every role in the contract's organisations, and of others."""
    other = standing_parties(
        names={"council": "Elsewhere Council", "provider": "Other Provider", "agent": "Other Agent"}, cast=SCENARIO_CAST
    )
    leaver = ledger.person(parties.council, "Lee Ver", "finance_officer")
    accounts.close_person(person=leaver, by=ledger.administrator(), clock=DATABASE_CLOCK)
    return {
        "accountant": parties.accountant,
        "officer who proposed": parties.officer,
        "second officer": parties.second_officer,
        "provider staff": parties.provider_staff,
        "auditor": ledger.person(parties.council, "Aud Itor", "auditor"),
        "administrator": ledger.administrator(),
        "leaver": leaver,
        "provider's administrator": ledger.person(parties.provider, "Pro Admin", "administrator"),
        "agent's administrator": ledger.person(parties.agent, "Max Trix", "administrator"),
        "other council's accountant": other.accountant,
        "other council's officer": other.officer,
        "other provider's staff": other.provider_staff,
    }


OUTSIDERS = {
    "agent's administrator",
    "other council's accountant",
    "other council's officer",
    "other provider's staff",
}
MAY = {
    "propose": {"accountant", "officer who proposed", "second officer"},
    "agree": {"accountant", "second officer", "provider staff"},
    "dispute": {"accountant", "officer who proposed", "second officer", "provider staff"},
    "withdraw the provider's dispute": {"provider staff"},
    "close": {"accountant"},
}


def attempt(action: str, contract: Contract, parties: Parties, by: Person) -> None:
    """The action, by the person, where everything else is as it should be."""
    if action == "propose":
        propose(contract, by)
    elif action == "agree":
        agree(propose(contract, parties.officer), by)
    elif action == "dispute":
        dispute(propose(contract, parties.officer), by)
    elif action == "close":
        close(agreed(contract, parties), by)
    else:
        withdraw(dispute(propose(contract, parties.officer), parties.provider_staff), by)


@pytest.mark.parametrize("action", MAY)
def test_each_step_is_taken_by_those_who_may_and_by_nobody_else(
    action: str, contract: Contract, parties: Parties, everybody: dict[str, Person], subtests: pytest.Subtests
) -> None:
    for who, person in everybody.items():
        with subtests.test(who), transaction.atomic():
            if who in MAY[action]:
                attempt(action, contract, parties, person)
                assert log(contract)[-1][2] == person.full_name
            else:
                with pytest.raises(NotFound if who in OUTSIDERS else NotPermitted) as refused:
                    attempt(action, contract, parties, person)
                if who in OUTSIDERS:
                    assert str(refused.value) == "There is no contract L04 25/26."
            transaction.set_rollback(True)


# Proposing


def test_proposal_keeps_the_result_its_digest_and_who_proposed_it(contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)

    document = json.loads(proposal.document)
    assert document["lines"] == [{"child": "C01", "nights": 13, "saving": "11542.14"}]
    assert document["total"] == "21542.14"
    assert (proposal.month, proposal.number, proposal.status) == (JANUARY, 1, "proposed")
    assert (proposal.proposed_by, proposal.proposed_as) == (parties.officer, "Finance officer")
    assert proposal.proposed_at == proposal.known_at == ledger.instant("2026-02-02 10:00")
    assert open_proposal(contract=contract, month=JANUARY) == proposal
    assert log(contract) == [("statement.proposed", "L04 25/26 2026-01, proposal 1", parties.officer.full_name)]
    assert details(contract, "statement.proposed") == [{"digest": proposal.digest}]


def test_month_is_proposed_from_the_first_moment_after_it(contract: Contract, parties: Parties) -> None:
    with pytest.raises(MonthNotOver, match="can be made from 1 February 2026 on"):
        propose(contract, parties.officer, at="2026-01-31 23:59:59")
    assert propose(contract, parties.officer, at="2026-02-01 00:00").status == "proposed"


def test_month_ends_at_midnight_in_london_also_in_summer(contract: Contract, parties: Parties) -> None:
    """23:30 UTC on 30 June is half past midnight on 1 July in London."""
    with pytest.raises(MonthNotOver):
        propose(contract, parties.officer, month=Month(2026, 6), at="2026-06-30 23:59:59")
    assert propose(contract, parties.officer, month=Month(2026, 6), at="2026-07-01 00:30").status == "proposed"


def test_month_before_the_programme_or_before_any_terms_is_refused(contract: Contract, parties: Parties) -> None:
    with pytest.raises(MonthBeforeProgramme):
        propose(contract, parties.officer, month=Month(2025, 7))
    bare = cohort.create_contract(
        reference="bare",
        title="",
        council=parties.council,
        provider=parties.provider,
        agent=parties.agent,
        decision_reference="",
        decision_on=ledger.PARTICULARS.decision_on,
        by=parties.accountant,
        clock=ledger.clock("2025-07-29 09:00"),
    )
    with pytest.raises(NoTermsKnown):
        propose(bare, parties.officer)


def test_same_figures_are_not_proposed_twice_and_other_figures_replace_them(
    contract: Contract, parties: Parties
) -> None:
    first = propose(contract, parties.officer)
    agree(first, parties.provider_staff)
    ledger.record(contract, LATER_EXPENSE, by=parties.officer, at="2026-02-03 12:00")
    with pytest.raises(AlreadyProposed, match="before the parties already"):
        propose(contract, parties.second_officer, at="2026-02-04 10:00")

    ledger.record(contract, DEARER, by=parties.officer, at="2026-02-04 12:00")
    second = propose(contract, parties.second_officer, at="2026-02-05 10:00")

    assert (status(first), second.number, second.status) == ("replaced", 2, "proposed")
    assert json.loads(second.document)["total"] == "21503.14"
    assert latest_proposal(contract=contract, month=JANUARY) == second
    assert [action for action, _, _ in log(contract)] == [
        "statement.proposed",
        "statement.agreed",
        "statement.proposed",
    ]


def test_closed_month_and_all_before_it_are_not_proposed_again(contract: Contract, parties: Parties) -> None:
    close(agreed(contract, parties), parties.accountant)

    for month in (DECEMBER, JANUARY):
        with pytest.raises(StatementAlreadyClosed, match="January 2026 is closed, and months close in rising order"):
            propose(contract, parties.officer, month=month, at="2026-03-02 10:00")
    assert propose(contract, parties.officer, month=FEBRUARY, at="2026-03-02 10:00").status == "proposed"


# Agreeing


@pytest.mark.parametrize("first", ["council", "provider"])
def test_both_sides_agree_in_either_order(first: str, contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)
    signers = {"council": parties.accountant, "provider": parties.provider_staff}
    second = {"council": "provider", "provider": "council"}[first]

    agreement = agree(proposal, signers[first])
    assert (agreement.side, agreement.digest, status(proposal)) == (first, proposal.digest, "part_agreed")
    agree(proposal, signers[second], at="2026-02-03 11:00")

    assert status(proposal) == "agreed"
    roles = {each.side: (each.agreed_by, each.agreed_as) for each in proposal.agreements.all()}
    assert roles == {
        "council": (parties.accountant, "Lead Accountant"),
        "provider": (parties.provider_staff, "Provider staff"),
    }
    assert [entry[0] for entry in log(contract)] == ["statement.proposed", "statement.agreed", "statement.agreed"]
    assert details(contract, "statement.agreed") == [
        {"side": first, "digest": proposal.digest},
        {"side": second, "digest": proposal.digest},
    ]


def test_a_side_agrees_once(contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)
    agree(proposal, parties.second_officer)
    with pytest.raises(AlreadyAgreed, match="The council has agreed to these figures already"):
        agree(proposal, parties.accountant, at="2026-02-03 11:00")

    agree(proposal, parties.provider_staff, at="2026-02-03 12:00")
    with pytest.raises(ActionNotPossible):
        agree(proposal, parties.provider_staff, at="2026-02-03 13:00")
    assert proposal.agreements.count() == 2


def test_agreement_lapses_when_a_figure_differs_and_says_which(contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)
    agree(proposal, parties.provider_staff)
    ledger.record(contract, DEARER, by=parties.officer, at="2026-02-03 12:00")

    with pytest.raises(FiguresHaveChanged) as lapsed:
        agree(proposal, parties.second_officer, at="2026-02-04 10:00")

    changed = [
        ("C01: saving", "11542.14", "11503.14"),
        ("savings_in_month", "11542.14", "11503.14"),
        ("savings_to_date", "11542.14", "11503.14"),
        ("run_rate", "324067.86", "322972.86"),
        ("fixed fee of 2026-01", "11542.14", "11503.14"),
        ("charged: fixed_fee", "11542.14", "11503.14"),
        ("total", "21542.14", "21503.14"),
        ("charged_to_date", "21542.14", "21503.14"),
        ("headroom", "978457.86", "978496.86"),
    ]
    assert lapsed.value.changed == changed
    assert "C01: saving: 11542.14 became 11503.14" in str(lapsed.value)
    assert (status(proposal), proposal.agreements.count()) == ("lapsed", 1)
    assert log(contract)[-1] == ("statement.lapsed", str(proposal), parties.second_officer.full_name)
    assert details(contract, "statement.lapsed") == [{"changed": [list(each) for each in changed]}]
    with pytest.raises(ActionNotPossible):
        agree(proposal, parties.second_officer, at="2026-02-04 11:00")
    assert propose(contract, parties.officer, at="2026-02-04 12:00").number == 2


def test_agreement_outlives_a_later_fact_that_changes_no_figure(contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)
    agree(proposal, parties.provider_staff)
    ledger.record(contract, LATER_EXPENSE, sample.CHILD, by=parties.officer, at="2026-02-03 12:00")

    agree(proposal, parties.second_officer, at="2026-02-04 10:00")
    statement = close(proposal, parties.accountant)

    assert status(proposal) == "closed"
    assert json.loads(statement.document)["as_known_on"] == "2026-02-06"
    assert statement.digest == proposal.digest


def test_replaced_or_disputed_proposal_takes_no_agreement(contract: Contract, parties: Parties) -> None:
    first = propose(contract, parties.officer)
    ledger.record(contract, DEARER, by=parties.officer, at="2026-02-02 12:00")
    second = propose(contract, parties.officer, at="2026-02-03 09:00")
    dispute(second, parties.provider_staff)

    for proposal in (first, second):
        with pytest.raises(ActionNotPossible):
            agree(proposal, parties.second_officer, at="2026-02-05 10:00")
    assert Agreement.objects.count() == 0


def test_proposal_of_a_month_that_was_passed_over_takes_nothing_more(contract: Contract, parties: Parties) -> None:
    passed_over = propose(contract, parties.officer, month=DECEMBER)
    close(agreed(contract, parties), parties.accountant)

    with pytest.raises(StatementAlreadyClosed):
        agree(passed_over, parties.provider_staff, at="2026-02-07 10:00")
    with pytest.raises(StatementAlreadyClosed):
        dispute(passed_over, parties.provider_staff, at="2026-02-07 10:00")
    with pytest.raises(StatementAlreadyClosed):
        close(passed_over, parties.accountant, at="2026-02-07 10:00")


# Disputing


def test_dispute_stops_the_proposal_and_changes_no_fact(contract: Contract, parties: Parties) -> None:
    proposal = agreed(contract, parties)
    facts = {name: count for name, count in ledger.row_counts().items() if name.startswith("cohort_")}

    raised = dispute(proposal, parties.provider_staff)

    assert (raised.side, raised.about, raised.reason) == ("provider", "C01", "Moved on the 20th")
    assert (raised.disputed_by, raised.disputed_at) == (parties.provider_staff, ledger.instant("2026-02-04 10:00"))
    assert status(proposal) == "disputed"
    assert open_proposal(contract=contract, month=JANUARY) is None
    assert {name: count for name, count in ledger.row_counts().items() if name in facts} == facts
    assert log(contract)[-1] == ("statement.disputed", str(proposal), parties.provider_staff.full_name)
    assert details(contract, "statement.disputed") == [{"about": "C01", "reason": "Moved on the 20th"}]
    with pytest.raises(ActionNotPossible):
        close(proposal, parties.accountant)
    with pytest.raises(ActionNotPossible):
        dispute(proposal, parties.officer, at="2026-02-06 11:00")


@pytest.mark.parametrize(("about", "reason"), [("", "Moved on the 20th"), ("C01", " ")])
def test_dispute_says_what_and_why(about: str, reason: str, contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)
    with pytest.raises(ReasonMissing, match="Say which figure is disputed, and why"):
        dispute(proposal, parties.provider_staff, about=about, reason=reason)
    assert status(proposal) == "proposed"


def test_disputed_figures_come_again_only_once_the_dispute_is_withdrawn(contract: Contract, parties: Parties) -> None:
    raised = dispute(propose(contract, parties.officer), parties.provider_staff)
    with pytest.raises(AlreadyProposed, match="stand disputed"):
        propose(contract, parties.officer, at="2026-02-04 11:00")

    withdrawn = withdraw(raised, parties.provider_staff)
    again = propose(contract, parties.officer, at="2026-02-06 10:00")

    assert (withdrawn.withdrawn_by, withdrawn.withdrawn_at) == (
        parties.provider_staff,
        ledger.instant("2026-02-05 10:00"),
    )
    assert (again.number, again.digest, status(raised.proposal)) == (2, raised.proposal.digest, "disputed")
    assert log(contract)[-2][0] == "statement.dispute_withdrawn"
    with pytest.raises(DisputeAlreadyWithdrawn):
        withdraw(raised, parties.provider_staff, at="2026-02-07 10:00")


def test_other_figures_are_proposed_although_the_dispute_stands(contract: Contract, parties: Parties) -> None:
    """A corrected fact ends the dispute."""
    dispute(propose(contract, parties.officer), parties.provider_staff)
    ledger.record(contract, DEARER, by=parties.officer, at="2026-02-05 10:00")

    assert propose(contract, parties.officer, at="2026-02-06 10:00").number == 2


def test_querying_the_claim_gives_figures_without_it(contract: Contract, parties: Parties) -> None:
    dispute(propose(contract, parties.officer), parties.provider_staff)
    ledger.record(contract, replace(sample.CLAIM, status="queried"), by=parties.officer, at="2026-02-05 10:00")

    document = json.loads(propose(contract, parties.officer, at="2026-02-06 10:00").document)
    assert (document["lines"], document["total"]) == ([], "0.00")


# Closing


def test_closing_keeps_document_cut_off_digest_signatures_and_head_of_the_log(
    contract: Contract, parties: Parties
) -> None:
    proposal = agreed(contract, parties)
    statement = close(proposal, parties.accountant)

    assert closed_statement(contract=contract, month=JANUARY) == statement
    assert Decimal(json.loads(statement.document)["total"]) == Decimal("21542.14")
    assert statement.known_at == statement.closed_at == ledger.instant("2026-02-06 10:00")
    assert (statement.digest, statement.expenses, statement.unanswered_because) == (proposal.digest, [], "")
    assert status(proposal) == "closed"
    assert log(contract)[-1] == ("statement.closed", "L04 25/26 2026-01", parties.accountant.full_name)
    assert details(contract, "statement.closed") == [
        {
            "digest": proposal.digest,
            "total": "21542.14",
            "skipped_months_because": SKIPPING,
            "unanswered_because": "",
        }
    ]
    assert statement.audit_head == head(stream_of(contract)).hash
    assert statement.particulars["closed"] == {
        "side": "council",
        "name": "Scenario Lead Accountant",
        "role": "Lead Accountant",
        "organisation": "Plymouth City Council",
        "at": ledger.instant("2026-02-06 10:00").isoformat(),
    }
    signed = [(each["side"], each["name"]) for each in statement.particulars["agreed"]]
    assert signed == [("council", "Scenario second finance officer"), ("provider", "Scenario provider staff")]
    asked = list(Job.objects.order_by("pk").values_list("kind", "key", "state"))
    assert asked == [(kind, str(statement.pk), "waiting") for kind in ASKED_FOR]


def test_closing_needs_both_agreements(contract: Contract, parties: Parties) -> None:
    proposal = propose(contract, parties.officer)
    with pytest.raises(AgreementMissing, match="by the council and the provider"):
        close(proposal, parties.accountant, at="2026-02-02 11:00")
    agree(proposal, parties.provider_staff)
    with pytest.raises(AgreementMissing, match="by the council"):
        close(proposal, parties.accountant, unanswered="The council is silent.", at="2026-05-02 10:00")

    agree(proposal, parties.second_officer, at="2026-02-03 12:00")
    assert close(proposal, parties.accountant).month == JANUARY


def test_closing_lapses_what_was_agreed_when_a_figure_differs(contract: Contract, parties: Parties) -> None:
    proposal = agreed(contract, parties)
    ledger.record(contract, DEARER, by=parties.officer, at="2026-02-05 10:00")

    with pytest.raises(FiguresHaveChanged, match=r"C01: saving: 11542\.14 became 11503\.14"):
        close(proposal, parties.accountant)

    assert status(proposal) == "lapsed"
    assert ClosedStatement.objects.count() == 0
    assert Job.objects.count() == 0
    assert log(contract)[-1] == ("statement.lapsed", str(proposal), parties.accountant.full_name)
    with pytest.raises(ActionNotPossible):
        close(proposal, parties.accountant, at="2026-02-07 10:00")


def test_closing_includes_a_fact_recorded_at_the_very_instant_of_its_cut_off(
    contract: Contract, parties: Parties
) -> None:
    """The cut-off is never before what is recorded; it may be the same instant, which it includes (11.4)."""
    proposal = agreed(contract, parties)
    ledger.record(contract, LATER_EXPENSE, by=parties.officer, at="2026-02-06 10:00")

    statement = close(proposal, parties.accountant, at="2026-02-06 10:00")

    assert "E02" in services.reproduced(statement).known.expenses


def test_skipping_months_needs_a_reason(contract: Contract, parties: Parties) -> None:
    proposal = agreed(contract, parties)
    with pytest.raises(ReasonMissing, match="August 2025 has no statement yet: say why it is skipped"):
        close(proposal, parties.accountant, skipping="  ")
    assert close(proposal, parties.accountant).skipped_months_because == SKIPPING

    february = agreed(contract, parties, month=FEBRUARY, day="2026-03-02")
    assert close(february, parties.accountant, at="2026-03-03 10:00").skipped_months_because == ""

    april = agreed(contract, parties, month=Month(2026, 4), day="2026-05-02")
    with pytest.raises(ReasonMissing, match="March 2026 has no statement yet"):
        close(april, parties.accountant, at="2026-05-03 10:00", skipping="")


def test_first_month_of_the_programme_skips_nothing(contract: Contract, parties: Parties) -> None:
    august = agreed(contract, parties, month=Month(2025, 8))
    statement = close(august, parties.accountant, skipping="")

    assert (statement.skipped_months_because, json.loads(statement.document)["total"]) == ("", "0.00")


def test_months_close_in_rising_order(contract: Contract, parties: Parties) -> None:
    december = agreed(contract, parties, month=DECEMBER)
    january = agreed(contract, parties, day="2026-02-03")
    close(january, parties.accountant)

    with pytest.raises(StatementAlreadyClosed, match="December 2025 cannot be changed: January 2026 is closed"):
        close(december, parties.accountant, at="2026-02-07 10:00")
    with pytest.raises(StatementAlreadyClosed):
        close(january, parties.accountant, at="2026-02-07 10:00")
    assert ClosedStatement.objects.count() == 1


def test_money_of_a_skipped_month_is_among_the_adjustments_of_the_next_one_closed(
    contract: Contract, parties: Parties
) -> None:
    statement = close(
        agreed(contract, parties, month=FEBRUARY, day="2026-03-02"), parties.accountant, at="2026-03-03 10:00"
    )

    document = json.loads(statement.document)
    assert document["adjustments"] == [{"child": "C01", "month": "2026-01", "saving": "11542.14"}]
    assert statement.expenses == ["E01"]


# A provider that stays silent


def test_lead_accountant_closes_without_a_provider_that_let_its_days_pass(contract: Contract, parties: Parties) -> None:
    """Ten days after the day of the proposal, 2 February: from 13 February on."""
    proposal = propose(contract, parties.officer)
    agree(proposal, parties.second_officer)
    because = "Written to on 5 and 10 February, telephoned on the 12th."
    with pytest.raises(AgreementMissing, match="it has until 12 February 2026 to answer"):
        close(proposal, parties.accountant, at="2026-02-12 23:59:59", unanswered=because)
    with pytest.raises(ReasonMissing, match="record what was done to reach it"):
        close(proposal, parties.accountant, at="2026-02-13 00:00", unanswered=" ")

    statement = close(proposal, parties.accountant, at="2026-02-13 00:00", unanswered=because)

    assert statement.unanswered_because == because
    assert details(contract, "statement.closed")[0]["unanswered_because"] == because
    assert [each["side"] for each in statement.particulars["agreed"]] == ["council"]


def test_days_to_answer_are_those_of_the_month_s_terms(contract: Contract, parties: Parties) -> None:
    cohort.record_terms(
        contract=contract,
        terms=sample.TERMS,
        response_days=2,
        by=parties.accountant,
        clock=ledger.clock("2026-02-01 09:00"),
    )
    proposal = propose(contract, parties.officer)
    agree(proposal, parties.second_officer)

    with pytest.raises(AgreementMissing, match="until 4 February 2026"):
        close(proposal, parties.accountant, at="2026-02-04 23:00", unanswered="Written to.")
    assert close(proposal, parties.accountant, at="2026-02-05 00:00", unanswered="Written to.").month == JANUARY


def test_silence_of_the_provider_needs_no_reason_once_it_has_agreed(contract: Contract, parties: Parties) -> None:
    statement = close(agreed(contract, parties), parties.accountant, unanswered="Nothing of the kind.")
    assert statement.unanswered_because == ""


def test_refused_steps_leave_no_trace(contract: Contract, parties: Parties) -> None:
    """Not even a stamp on the contract: the next fact may be recorded at any time after the last one."""
    proposal = propose(contract, parties.officer)
    before = ledger.row_counts()
    refused: list[type[LedgerError]] = []
    for step in (
        lambda: propose(contract, parties.officer, at="2026-05-01 10:00"),
        lambda: agree(proposal, parties.officer, at="2026-05-01 10:00"),
        lambda: close(proposal, parties.accountant, at="2026-05-01 10:00"),
    ):
        with pytest.raises(LedgerError) as error:
            step()
        refused.append(error.type)

    assert refused == [AlreadyProposed, NotPermitted, AgreementMissing]
    assert ledger.row_counts() == before
    contract.refresh_from_db()
    assert contract.last_stamped_at == ledger.instant("2026-02-02 10:00")
