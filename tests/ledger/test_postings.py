"""What comes into the books: exact entries, balances on any day as known at any instant, periods, the year's end."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cohort.models import Contract
from cohort.services import locked
from invoicing.core.calendar import Period
from invoicing.core.entries import Leg
from invoicing.models import JournalEntry
from invoicing.queries.ledger import account_history, posting_day, trial_balance
from invoicing.services.invoices import approve, issue
from invoicing.services.ledger import (
    AlreadyPosted,
    AlreadyReversed,
    PeriodClosed,
    Unbalanced,
    balance_of,
    post,
    post_statement,
    reverse,
)
from invoicing.services.ledger_year_end import NothingToAccrue, YearNotOver, accrue_year_end
from invoicing.services.periods import PeriodNotOver, PeriodOutOfOrder, close_period
from pbr_ledger.errors import NotPermitted
from savings.services import Parties
from tests.ledger import billing
from tests.ledger.billing import legs, ticking
from tests.savings import ledger

NEVER = datetime(2099, 1, 1, tzinfo=UTC)


def balances(contract: Contract, on: date, known_at: datetime = NEVER) -> dict[str, str]:
    """What stands on each account, nothing left out where all has come back."""
    return {row.code: str(row.balance) for row in trial_balance(of=contract, on=on, as_known_at=known_at)}


def entry(contract: Contract, key: str) -> JournalEntry:
    return JournalEntry.objects.get(contract=contract, key=key)


# Entries


def test_a_closed_statement_is_noted_in_the_memorandum_accounts_once(contract: Contract) -> None:
    february, march, *_ = billing.statements(contract)
    first = post_statement(statement=february, clock=ticking(contract))
    second = post_statement(statement=march, clock=ticking(contract))
    again = post_statement(statement=march, clock=ticking(contract))

    assert (first and legs(first)) == [
        ("9100", "debit", "15200.00"),
        ("9190", "credit", "15200.00"),
        ("9200", "debit", "268891.51"),
        ("9290", "credit", "268891.51"),
        ("9300", "debit", "253691.51"),
        ("9390", "credit", "253691.51"),
    ]
    assert second
    assert legs(second)[2] == ("9200", "debit", "47935.34")
    assert (second.number, second.effective_on, second.key) == (2, date(2026, 3, 31), "statement 2026-03")
    assert again == second


def test_savings_that_come_back_are_credited(contract: Contract, parties: Parties) -> None:
    billing.approved(contract, parties)
    assert legs(entry(contract, "statement 2026-05"))[:2] == [
        ("9100", "credit", "33600.00"),
        ("9190", "debit", "33600.00"),
    ]
    assert legs(entry(contract, "credit_note 4")) == [("5100", "credit", "33600.00"), ("2100", "debit", "33600.00")]


def test_each_charge_goes_to_its_own_account(parties: Parties) -> None:
    contract = ledger.load(ledger.scenario("expense-retracted"), parties)
    billing.approved(contract, parties)

    assert balances(contract, date(2026, 3, 31))["2100"] == "-47385.40"
    closing = balances(contract, date(2026, 4, 30))
    assert {code: closing[code] for code in ("2100", "5100", "5130")} == {
        "2100": "-71200.00",
        "5100": "71200.00",
        "5130": "0.00",
    }


def test_a_carer_fee_and_its_refund_stand_on_their_account(parties: Parties) -> None:
    contract = ledger.load(ledger.scenario("carer-fee-refund"), parties)
    billing.approved(contract, parties)

    history = account_history(of=contract, account="5110", on=date(2026, 12, 31), as_known_at=NEVER)
    assert [(str(line.effective_on), line.side, str(line.amount)) for line in history] == [
        ("2026-03-31", "debit", "10000.00"),
        ("2026-04-30", "credit", "5000.00"),
    ]


def test_wrong_entries_are_refused_before_anything_is_written(contract: Contract, parties: Parties) -> None:
    contract = locked(contract)
    at = ticking(contract).read(after=None)
    right = {
        "contract": contract,
        "key": "by hand",
        "kind": "payment",
        "narrative": "By hand",
        "effective_on": date(2026, 6, 1),
        "legs": [Leg("2100", "debit", Decimal("1.00")), Leg("2200", "credit", Decimal("1.00"))],
        "by": parties.accountant,
        "at": at,
    }
    for wrong in [
        [Leg("2100", "debit", Decimal("1.00")), Leg("2200", "credit", Decimal("1.01"))],
        [Leg("2100", "debit", Decimal("1.00"))],
        [Leg("2100", "debit", Decimal("-1.00")), Leg("2200", "debit", Decimal("1.00"))],
        [],
    ]:
        with pytest.raises(Unbalanced):
            post(**(right | {"legs": wrong}))
    assert post(**right).number == 1
    with pytest.raises(AlreadyPosted, match="an entry for by hand already"):
        post(**right)
    assert post(**(right | {"key": "another"})).number == 2


def test_an_entry_is_reversed_once_leg_by_leg(contract: Contract, parties: Parties) -> None:
    billing.approved(contract, parties)
    original = entry(contract, "invoice 2")
    done = {"narrative": "Posted in error", "effective_on": date(2026, 6, 1), "by": parties.accountant}

    reversal = reverse(entry=original, clock=ticking(contract), **done)

    assert legs(reversal) == [("5100", "credit", "24800.00"), ("2100", "debit", "24800.00")]
    assert (reversal.reverses, reversal.key) == (original, "reversal of invoice 2")
    for reversed_already in (original, reversal):
        with pytest.raises(AlreadyReversed):
            reverse(entry=reversed_already, clock=ticking(contract), **done)


# Balances through time


def test_balances_on_any_day_as_known_at_any_instant(contract: Contract, parties: Parties) -> None:
    """A payment of 6 June for February's invoice changes nothing on 31 May, nor what was known before it was made."""
    first, *_ = billing.approved(contract, parties)
    contract.refresh_from_db()
    before = contract.last_stamped_at
    assert before is not None
    billing.paid(contract, parties, first, "15200.00")

    assert balances(contract, date(2026, 2, 28))["2100"] == "-15200.00"
    assert balances(contract, date(2026, 4, 30))["2100"] == "-64000.00"
    assert balances(contract, date(2026, 5, 31))["2100"] == "-30400.00"
    assert balances(contract, date(2026, 6, 30))["2100"] == "-15200.00"
    assert balances(contract, date(2026, 6, 30))["2200"] == "-15200.00"
    assert balances(contract, date(2026, 6, 30), before)["2100"] == "-30400.00"
    assert balances(contract, date(2026, 6, 30), ledger.instant("2026-06-01 00:00")) == {}
    assert sum(row.balance for row in trial_balance(of=parties.council, on=date(2026, 6, 30), as_known_at=NEVER)) == 0


def test_history_of_an_account_adds_up_line_by_line(contract: Contract, parties: Parties) -> None:
    first, *_ = billing.approved(contract, parties)
    billing.paid(contract, parties, first, "15200.00")

    history = account_history(of=contract, account="2100", on=date(2026, 12, 31), as_known_at=NEVER)
    assert [(line.number, line.side, str(line.amount), str(line.balance)) for line in history] == [
        (5, "credit", "15200.00", "-15200.00"),
        (6, "credit", "24800.00", "-40000.00"),
        (7, "credit", "24000.00", "-64000.00"),
        (8, "debit", "33600.00", "-30400.00"),
        (9, "debit", "15200.00", "-15200.00"),
    ]


# Periods


def closed(parties: Parties, year: int, number: int, on: str = "2026-07-10 09:00") -> None:
    period = Period(year, number)
    close_period(council=parties.council, period=period, by=parties.accountant, clock=ledger.clock(on))


def test_what_is_approved_after_its_period_was_closed_counts_in_the_next_and_says_so(
    contract: Contract, parties: Parties
) -> None:
    closed(parties, 2026, 1)
    march, april = billing.approved(contract, parties)[1:3]

    for invoice, day in ((march, "31 March 2026 (2025/26 P12)"), (april, "30 April 2026 (2026/27 P1)")):
        made = entry(contract, f"invoice {invoice.number}")
        assert made.effective_on == date(2026, 5, 1)
        assert made.narrative.endswith(f", which belongs to {day}: posted to 2026/27 P2")
    assert posting_day(contract, date(2026, 5, 2)) == date(2026, 5, 2)


def test_a_closed_period_refuses_postings(contract: Contract, parties: Parties) -> None:
    billing.approved(contract, parties)
    closed(parties, 2026, 1)
    reversal = {"entry": entry(contract, "invoice 1"), "narrative": "Wrong", "by": parties.accountant}

    with pytest.raises(PeriodClosed, match="Nothing can be posted to 30 April 2026: 2026/27 P1 is closed"):
        reverse(effective_on=date(2026, 4, 30), clock=ticking(contract), **reversal)
    assert reverse(effective_on=date(2026, 5, 1), clock=ticking(contract), **reversal).effective_on == date(2026, 5, 1)


def test_periods_close_in_order_after_their_end_and_by_the_lead_accountant(parties: Parties) -> None:
    period = Period(2025, 11)
    clock = ledger.clock("2026-02-28 23:59")
    with pytest.raises(PeriodNotOver, match="from 1 March 2026 on"):
        close_period(council=parties.council, period=period, by=parties.accountant, clock=clock)
    for other in (parties.officer, parties.provider_staff):
        with pytest.raises(NotPermitted):
            close_period(council=parties.council, period=period, by=other, clock=ledger.clock("2026-03-01 09:00"))
    closed(parties, 2025, 11)
    for number in (11, 10):
        with pytest.raises(PeriodOutOfOrder, match="2025/26 P12 is next"):
            closed(parties, 2025, number)
    closed(parties, 2025, 12)
    closed(parties, 2026, 1)


# The year's end


def test_what_the_year_owes_and_nobody_agreed_is_accrued_and_taken_back(parties: Parties) -> None:
    """Only February is closed, and approved, when the year ends: March is accrued from what is known by then."""
    scenario = ledger.scenario("breakdown-reported-late")
    contract = ledger.load(
        type(scenario)(scenario.contract, scenario.why, scenario.terms, scenario.facts, scenario.closings[:1]), parties
    )
    (february,) = billing.drafted(contract)
    issue(invoice=february, by=parties.provider_staff, clock=ticking(contract))
    approve(invoice=february, by=parties.second_officer, clock=ticking(contract))

    with pytest.raises(YearNotOver):
        accrue_year_end(contract=contract, year=2026, by=parties.accountant, clock=ticking(contract))
    accrual = accrue_year_end(contract=contract, year=2025, by=parties.accountant, clock=ticking(contract))

    assert accrual.effective_on == date(2026, 3, 31)
    assert legs(accrual)[-1][:2] == ("2300", "credit")
    assert accrual.reversal.effective_on == date(2026, 4, 1)
    assert balances(contract, date(2026, 3, 31))["2300"] == f"-{accrual.total}"
    assert balances(contract, date(2026, 4, 1))["2300"] == "0.00"
    with pytest.raises(AlreadyPosted):
        accrue_year_end(contract=contract, year=2025, by=parties.accountant, clock=ticking(contract))


def test_closed_but_not_approved_is_accrued_and_what_is_approved_later_counts_in_the_next_year(
    contract: Contract, parties: Parties
) -> None:
    february, march, *_ = billing.drafted(contract)
    for invoice in (february, march):
        issue(invoice=invoice, by=parties.provider_staff, clock=ticking(contract))
    approve(invoice=february, by=parties.second_officer, clock=ticking(contract))

    accrual = accrue_year_end(contract=contract, year=2025, by=parties.accountant, clock=ticking(contract))
    approve(invoice=march, by=parties.second_officer, clock=ticking(contract))

    assert legs(accrual) == [("5100", "debit", "24800.00"), ("2300", "credit", "24800.00")]
    assert legs(accrual.reversal) == [("5100", "credit", "24800.00"), ("2300", "debit", "24800.00")]
    assert entry(contract, "invoice 2").effective_on == date(2026, 4, 1)
    assert balances(contract, date(2026, 3, 31))["5100"] == "40000.00"
    assert balances(contract, date(2026, 4, 1))["5100"] == "40000.00"
    assert balances(contract, date(2026, 4, 1))["2100"] == "-40000.00"


def test_nothing_is_accrued_where_all_is_approved_or_by_others(contract: Contract, parties: Parties) -> None:
    billing.approved(contract, parties)
    with pytest.raises(NothingToAccrue):
        accrue_year_end(contract=contract, year=2025, by=parties.accountant, clock=ticking(contract))
    with pytest.raises(NotPermitted):
        accrue_year_end(contract=contract, year=2025, by=parties.officer, clock=ticking(contract))


# Limits


def test_limits_follow_the_terms_of_the_month_closed_last(parties: Parties) -> None:
    contract = ledger.load(ledger.scenario("phase-extended"), parties)
    made = balance_of(locked(contract))
    fees = [
        (terms.phase2.fee_pence + terms.phase3.fee_pence) / 100 for terms in ledger.scenario("phase-extended").terms
    ]

    assert made.fixed_fee_cap == Decimal(max(fees))
    assert (made.last_entry_number, made.approved) == (0, Decimal("0.00"))
    assert balance_of(locked(contract)) == made
