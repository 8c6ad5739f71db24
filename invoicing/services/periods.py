"""Closing accounting periods: after that, nothing is posted with an effective day in them."""

from django.db import connection, transaction

from invoicing import rules
from invoicing.core.calendar import Period
from invoicing.models import ClosedPeriod
from invoicing.queries.ledger import last_closed_period
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotPermitted
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown


class PeriodNotOver(LedgerError):
    """A period is closed after its last day."""


class PeriodOutOfOrder(LedgerError):
    """The period is closed already, or the one before it is not."""


@transaction.atomic
def close_period(*, council: Organisation, period: Period, by: Person, clock: Clock) -> ClosedPeriod:
    """The period, closed for all of the council's contracts, with every period before it.

    Raises `NotPermitted` to others than its Lead Accountant, `PeriodNotOver` and `PeriodOutOfOrder`.
    """
    if not rules.may_close_period(by, council):
        raise NotPermitted("Only the council’s Lead Accountant closes a period.")
    _wait_for_postings(council)
    at = clock.read(after=None)
    subject = f"{council.reference} {period}"
    audit.record(stream=stream_of(council), by=by, action="period.closed", subject=subject, detail={}, at=at)
    if day_of(at) <= period.month.last_day:
        first_day = day_shown(period.following.month.first_day)
        raise PeriodNotOver(f"{period} is not over yet: it can be closed from {first_day} on.")
    last = last_closed_period(council.pk)
    if last is not None and period != last.following:
        raise PeriodOutOfOrder(f"{last} was closed last: {last.following} is next.")
    return ClosedPeriod.objects.create(
        council=council, financial_year=period.year, number=period.number, closed_at=at, closed_by=by
    )


def _wait_for_postings(council: Organisation) -> None:
    """Until the transaction ends, nobody posts or closes for this council; whoever was at it is done.

    The database takes the same lock, shared, before it posts. Stamp only after this: an entry recorded behind the
    closing would look as if it had slipped into a closed period.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('invoicing_closedperiod'), %s)", [council.pk])


def stream_of(council: Organisation) -> str:
    """The audit stream of a council's books."""
    return f"books:{council.reference}"
