"""The year's end: what is not yet agreed or approved is accrued on 31 March, and taken back on 1 April."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from cohort.models import Contract
from cohort.services import locked, stream_of
from invoicing import rules
from invoicing.core.calendar import Period
from invoicing.core.charges import EXPENSE_ACCOUNT_OF
from invoicing.core.entries import ACCRUAL, accrual_legs, mirrored
from invoicing.models import JournalEntry
from invoicing.queries.ledger import accrual_key, balance_on, posting_day
from invoicing.services.ground import stamp
from invoicing.services.ledger import AlreadyPosted, post
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotPermitted
from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month, day_of
from pbr_ledger.words import day_shown
from savings.core.results import Charges
from savings.queries import charges_in, closed_statements, last_closed_month, worked_statement


class YearNotOver(LedgerError):
    """A financial year is accrued after its last day."""


class NothingToAccrue(LedgerError):
    """Everything that the year owes is approved and posted."""


def accrue_year_end(*, contract: Contract, year: int, by: Person, clock: Clock) -> JournalEntry:
    """The accrual at 31 March of what the year owes and the books do not show yet, and its reversal on 1 April.

    Worked out from what is known now: the months not yet agreed by their worked statement, those agreed but not yet
    approved by what was closed. What is approved afterwards counts in the next year, against the reversal.
    Raises `YearNotOver`, `NothingToAccrue`, `AlreadyPosted`, `PeriodClosed` once P12 is closed, `NotPermitted`.
    """
    if not rules.may_accrue(by, contract):
        raise NotPermitted("Only the council’s Lead Accountant accrues the year’s end.")
    with transaction.atomic():
        contract = locked(contract, erased_too=True)
        at = stamp(contract, clock)
        last_day = Period(year, 12).month.last_day
        if day_of(at) <= last_day:
            raise YearNotOver(f"The year is not over before {day_shown(last_day)} has passed.")
        if JournalEntry.objects.filter(contract=contract, key=accrual_key(year)).exists():
            raise AlreadyPosted(f"The end of {year}/{(year + 1) % 100:02d} is accrued already.")
        legs = accrual_legs(_owing(contract, Period(year, 12).month, at))
        if not legs:
            raise NothingToAccrue("Everything that the year owes is approved and posted.")
        words = f"Accrual at the end of {year}/{(year + 1) % 100:02d}"
        accrual = post(
            contract=contract,
            key=accrual_key(year),
            kind=ACCRUAL,
            narrative=words,
            effective_on=last_day,
            legs=legs,
            by=by,
            at=at,
        )
        post(
            contract=contract,
            key=f"reversal of {accrual.key}",
            kind=ACCRUAL,
            narrative=f"{words}, taken back",
            effective_on=posting_day(contract, Period(year + 1, 1).month.first_day),
            legs=mirrored(legs),
            by=by,
            at=at,
            reverses=accrual,
        )
        subject = f"{contract.reference} entry {accrual.number}"
        detail = {"year": year, "total": str(accrual.total)}
        audit.record(
            stream=stream_of(contract), by=by, action="year_end.accrued", subject=subject, detail=detail, at=at
        )
        return accrual


def _owing(contract: Contract, march: Month, at: datetime) -> dict[str, Decimal]:
    """For each expense account, what the months to March come to less what is posted by 31 March; nothings left out."""
    owed = _charged_by(contract, march, at)
    accounts = {kind: EXPENSE_ACCOUNT_OF[kind] for kind in ("fixed_fee", "carer_fees", "success_fee", "expenses")}
    owing = {
        account: pounds_of(getattr(owed, kind))
        - balance_on(contract=contract, account=account, on=march.last_day, as_known_at=at)
        for kind, account in accounts.items()
    }
    return {account: amount for account, amount in owing.items() if amount}


def _charged_by(contract: Contract, march: Month, at: datetime) -> Charges:
    """What everything known charges to the end of March, in pence: as closed where March is closed."""
    last = last_closed_month(contract)
    if last is None or last < march:
        return worked_statement(contract=contract, month=march, known_at=at).result.to_date
    charged = Charges()
    for statement in closed_statements(contract).filter(month_start__lte=march.first_day):
        charged = charged.plus(charges_in(statement))
    return charged
