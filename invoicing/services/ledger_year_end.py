"""The year's end: what is not yet agreed or approved is accrued on 31 March, and taken back on 1 April."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from cohort.models import Contract
from cohort.services import locked, stream_of
from invoicing import rules
from invoicing.core.calendar import PERIODS, Period
from invoicing.core.entries import ACCRUAL, accrual_legs, mirrored
from invoicing.models import JournalEntry
from invoicing.queries.ledger import accrual_key, posting_day
from invoicing.queries.year_end import OwedCharge, digest_of, owed_charges
from invoicing.services.ground import stamp
from invoicing.services.ledger import AlreadyPosted, post
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotPermitted
from pbr_ledger.money import pounds_of
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown


class YearNotOver(LedgerError):
    """A financial year is accrued after its last day."""


class NothingToAccrue(LedgerError):
    """Everything that the year owes is approved and posted."""


class OwingHasChanged(LedgerError):
    """What the year owes is no longer what was shown to whoever said yes to it."""


def accrue_year_end(
    *, contract: Contract, year: int, by: Person, clock: Clock, as_shown: str | None = None
) -> JournalEntry:
    """The accrual at 31 March of what the year owes and the books do not show yet, and its reversal on 1 April.

    Worked out from what is known now: the months not yet agreed by their worked statement, those agreed but not yet
    approved by what was closed. What is approved afterwards counts in the next year, against the reversal. `as_shown`
    is the digest of what was shown beforehand, if it was. Raises `YearNotOver`, `NothingToAccrue`, `AlreadyPosted`,
    `OwingHasChanged`, `PeriodClosed` once P12 is closed, `NotPermitted`, `ContractErased`.
    """
    if not rules.may_accrue(by, contract):
        raise NotPermitted("Only the council’s Lead Accountant accrues the year’s end.")
    with transaction.atomic():
        contract = locked(contract)
        at = stamp(contract, clock)
        last_day = Period(year, PERIODS).month.last_day
        if day_of(at) <= last_day:
            raise YearNotOver(f"The year is not over before {day_shown(last_day)} has passed.")
        if JournalEntry.objects.filter(contract=contract, key=accrual_key(year)).exists():
            raise AlreadyPosted(f"The end of {year}/{(year + 1) % 100:02d} is accrued already.")
        charges = owed_charges(contract=contract, period=Period(year, PERIODS), at=at)
        if as_shown is not None and as_shown != digest_of(charges):
            raise OwingHasChanged("What the year owes has changed since it was shown. Look at it again.")
        legs = accrual_legs(_owing(charges))
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


def _owing(charges: Iterable[OwedCharge]) -> dict[str, Decimal]:
    """For each expense account, what the months to March come to less what is posted by 31 March; nothings left out."""
    return {each.account: pounds_of(each.to_accrue) for each in charges if each.to_accrue}
