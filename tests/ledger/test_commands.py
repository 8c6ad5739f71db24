"""Closing a period and accruing a year's end from a shell: what is printed, and which option is said to be wrong."""

from datetime import date

import pytest
from django.core.management import call_command

from cohort.models import Contract
from invoicing.core.calendar import Period
from invoicing.models import ClosedPeriod, JournalEntry
from invoicing.services.invoices import approve, issue
from pbr_ledger.audit.models import AuditEvent
from savings.services import Parties
from tests.ledger import billing
from tests.savings import ledger

COUNCIL = "plymouth-city-council"


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command says when it ends with 1."""
    with pytest.raises(SystemExit) as ended:
        call_command(*arguments)
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.strip()


def close(period: str, by: str, council: str = COUNCIL) -> list[str]:
    return ["close_period", "--council", council, "--period", period, "--by", by]


def accrue(contract: str, year: int, by: str) -> list[str]:
    return ["accrue_year_end", "--contract", contract, "--year", str(year), "--by", by]


# Closing a period


def test_a_lead_accountant_closes_a_period(parties: Parties, capsys: pytest.CaptureFixture[str]) -> None:
    call_command(*close("2025/26-P3", parties.accountant.email.upper()))
    call_command(*close("2025/26 P4", parties.accountant.email))

    assert capsys.readouterr().out == "Closed: 2025/26 P3.\nClosed: 2025/26 P4.\n"
    closed = ClosedPeriod.objects.order_by("number").values_list("council__reference", "financial_year", "number")
    assert list(closed) == [(COUNCIL, 2025, 3), (COUNCIL, 2025, 4)]
    event = AuditEvent.objects.filter(stream=f"books:{COUNCIL}").latest("sequence")
    assert (event.actor_email, event.action) == (parties.accountant.email, "period.closed")


def test_a_period_that_cannot_be_closed_says_why(parties: Parties, capsys: pytest.CaptureFixture[str]) -> None:
    lead, officer = parties.accountant.email, parties.officer.email
    call_command(*close("2025/26-P3", lead))
    capsys.readouterr()
    unreadable = "is no period; write P3 of April 2025 to March 2026 as 2025/26-P3"

    for arguments, message in [
        (close("2025/26-P5", lead), "2025/26 P3 was closed last: 2025/26 P4 is next."),
        (close("2100/01-P1", lead), "2100/01 P1 is not over yet: it can be closed from 1 May 2100 on."),
        (close("2025/26-P4", officer), "Only the council’s Lead Accountant closes a period."),
        (close("2025/26-P4", "nobody@x.example"), "--by: there is nobody with the address nobody@x.example"),
        (
            close("2025/26-P4", lead, "elsewhere"),
            f"--council: there is no council elsewhere; those there are: {COUNCIL}",
        ),
        (
            close("2025/26-P4", lead, "reconnect"),
            f"--council: there is no council reconnect; those there are: {COUNCIL}",
        ),
        (close("2025/26-P13", lead), f"--period: “2025/26-P13” {unreadable}"),
        (close("2025/27-P1", lead), f"--period: “2025/27-P1” {unreadable}"),
        (close("March 2026", lead), f"--period: “March 2026” {unreadable}"),
    ]:
        assert refusal(capsys, *arguments) == f"The period was not closed: {message}"
    assert ClosedPeriod.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "period"),
    [("2025/26-P1", Period(2025, 1)), ("1999/00 P12", Period(1999, 12)), ("2025/26-P3", Period(2025, 3))],
)
def test_a_period_reads_as_it_is_written(text: str, period: Period) -> None:
    assert Period.parse(text) == period
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize("text", ["", "2025/26", "2025/26-P0", "2025/26-P01", "25/26-P1", "2025-26-P1", "2025/26-3"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no period; write P3 of April 2025 to March 2026 as 2025/26-P3"):
        Period.parse(text)


# The year's end


def test_a_lead_accountant_accrues_the_years_end(
    contract: Contract, parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    """February is approved before the end of March, March itself is closed but not approved: 24,800.00."""
    february = billing.drafted(contract)[0]
    issued = issue(invoice=february, by=parties.provider_staff, clock=billing.ticking(contract))
    approve(invoice=issued, by=parties.second_officer, clock=billing.ticking(contract))
    number = JournalEntry.objects.filter(contract=contract).count() + 1

    call_command(*accrue("EXAMPLE", 2025, parties.accountant.email))

    said = f"Accrued: £24,800.00 on 2026-03-31 (entry {number}), taken back by entry {number + 1}.\n"
    assert capsys.readouterr().out == said
    accrual = JournalEntry.objects.get(contract=contract, key="accrual 2025")
    assert (accrual.number, accrual.reversal.number) == (number, number + 1)
    assert accrual.reversal.effective_on == date(2026, 4, 1)
    assert accrual.recorded_by == parties.accountant
    assert billing.findings() == []


def test_a_years_end_that_cannot_be_accrued_says_why(
    contract: Contract, parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = parties.accountant.email
    call_command(*accrue("EXAMPLE", 2025, lead))
    capsys.readouterr()
    elsewhere = ledger.person(ledger.organisation("Elsewhere Council", "council"), "Ola Other", "lead_accountant")

    for arguments, message in [
        (accrue("EXAMPLE", 2025, lead), "The end of 2025/26 is accrued already."),
        (accrue("EXAMPLE", 2099, lead), "The year is not over before 31 March 2100 has passed."),
        (accrue("NONE", 2025, lead), "--contract: there is no contract NONE"),
        (accrue("EXAMPLE", 2025, parties.officer.email), "Only the council’s Lead Accountant accrues the year’s end."),
        (accrue("EXAMPLE", 2025, elsewhere.email), "Only the council’s Lead Accountant accrues the year’s end."),
        (accrue("EXAMPLE", 2025, "nobody"), "--by: there is nobody with the address nobody"),
        (
            accrue("EXAMPLE", 25, lead),
            "--year: has to be the calendar year in which the financial year begins, such as 2025",
        ),
    ]:
        assert refusal(capsys, *arguments) == f"The year's end was not accrued: {message}"
    assert JournalEntry.objects.filter(contract=contract, kind="accrual").count() == 2
