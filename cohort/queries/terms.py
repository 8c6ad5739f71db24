"""The terms of a contract as values for the core."""

from datetime import datetime

from django.db.models import Min, prefetch_related_objects

from cohort.core.terms import CarerFeeRefund, Phase, ScheduleRow, SuccessFee, Terms, terms_for_month
from cohort.models import Contract, TermsVersion
from pbr_ledger.money import RATE_SCALE, pence_of
from pbr_ledger.periods import Month, day_of


def terms_known_at(*, contract: Contract, at: datetime) -> tuple[Terms, ...]:
    """Every version of the terms recorded by the instant, in the order of recording (docs/contract.md 11.4)."""
    return tuple(map(terms_of, terms_versions(contract, at)))


def programme_begins(*, contract: Contract) -> Month | None:
    """The programme's first month by all versions of the terms; None before the first (docs/contract.md 4.2)."""
    first = TermsVersion.objects.filter(contract=contract).aggregate(first=Min("phase2_start"))["first"]
    return Month.of(first) if first else None


def terms_versions(contract: Contract, at: datetime | None) -> list[TermsVersion]:
    """The rows of the terms recorded by the instant, all of them for None, in the order of recording."""
    rows = TermsVersion.objects.filter(contract=contract)
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    found = list(rows.order_by("recorded_at"))
    prefetch_related_objects([row for row in found if row.schedule_row_count], "schedule_rows")
    prefetch_related_objects([row for row in found if row.refund_count], "refunds")
    return found


def terms_history(contract: Contract) -> list[TermsVersion]:
    """Every version's row with who recorded it, in the order of recording."""
    rows = TermsVersion.objects.filter(contract=contract).select_related("recorded_by")
    return list(rows.order_by("recorded_at").prefetch_related("schedule_rows", "refunds"))


def terms_version_in_force(*, contract: Contract, at: datetime, month: Month) -> TermsVersion:
    """The row of the version that the month uses, as known at the instant (docs/contract.md 11.1).

    Raises `NoTermsKnown` when no terms had been recorded by then.
    """
    rows = terms_versions(contract, at)
    values = [terms_of(row) for row in rows]
    in_force = terms_for_month(values, month)
    return next(row for row, value in zip(rows, values, strict=True) if value is in_force)


def terms_of(row: TermsVersion) -> Terms:
    """A row of the terms as the core reads it; `recorded` is the date in London on which it was recorded."""
    return Terms(
        recorded=day_of(row.recorded_at),
        effective_from=row.effective_from,
        phase2=Phase(row.phase2_start, row.phase2_until, pence_of(row.phase2_fee)),
        phase3=Phase(row.phase3_start, row.phase3_until, pence_of(row.phase3_fee)),
        success_fee=SuccessFee(
            threshold_pence=pence_of(row.success_fee_threshold),
            rate=int(row.success_fee_rate * RATE_SCALE),
            basis=row.success_fee_basis,
        ),
        carer_fee_pence=pence_of(row.carer_fee),
        maximum_value_pence=pence_of(row.maximum_value),
        schedule=_schedule_of(row),
        fixed_fee_limit=row.fixed_fee_limit,
        fixed_fee_savings=row.fixed_fee_savings,
        negative_savings=row.negative_savings,
        annual_days=row.annual_days,
        carer_fee_refund=_refunds_of(row),
        carer_fee_trigger=row.carer_fee_trigger,
        expenses_wait_for_savings=row.expenses_wait_for_savings,
        family_settings=tuple(row.family_settings),
    )


def _schedule_of(row: TermsVersion) -> tuple[ScheduleRow, ...] | None:
    """The rows of the schedule; that there are as many as the version counts is the database's to keep."""
    if not row.schedule_row_count:
        return None if row.schedule_row_count is None else ()
    months = sorted(row.schedule_rows.all(), key=lambda each: each.position)
    return tuple(ScheduleRow(Month.of(each.month), pence_of(each.amount)) for each in months)


def _refunds_of(row: TermsVersion) -> tuple[CarerFeeRefund, ...]:
    if not row.refund_count:
        return ()
    refunds = sorted(row.refunds.all(), key=lambda each: each.position)
    return tuple(CarerFeeRefund(each.within_nights, int(each.share * RATE_SCALE)) for each in refunds)
