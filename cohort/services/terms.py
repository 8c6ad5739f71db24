"""Recording a version of a contract's terms."""

from datetime import datetime
from decimal import Decimal

from cohort.core.terms import Terms
from cohort.core.validity import terms_problems
from cohort.models import CarerFeeRefund, Contract, ScheduleRow, TermsVersion
from cohort.rules import is_party, may_record_terms
from cohort.services.contracts import checked_at_once, keep_stamp, locked, next_stamp, stream_of
from cohort.services.limits import terms_too_large
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Refused
from pbr_ledger.money import RATE_SCALE, pounds_of


class OtherTermsRecorded(LedgerError):
    """Terms were recorded since the person looked at them, so what was checked is no longer what would change."""


def refuse_wrong_terms(terms: Terms, response_days: int) -> None:
    """Raise `Refused` where `record_terms` would, for what is wrong within the terms (docs/contract.md 3.2, 11.1)."""
    if problems := [*terms_problems(terms), *terms_too_large(terms, response_days)]:
        raise Refused(problems)


def record_terms(
    *,
    contract: Contract,
    terms: Terms,
    response_days: int = 10,
    by: Person,
    clock: Clock,
    versions_seen: int | None = None,
) -> TermsVersion:
    """The version just recorded; earlier ones stay, and which one a month uses follows from all of them.

    When it was recorded says the clock, whatever `terms.recorded` holds. Only the council’s Lead Accountant keeps the
    terms. Raises `Refused` with the places of what is wrong (docs/contract.md 11.1); and `OtherTermsRecorded` where
    the contract has other than `versions_seen` versions by now, if a person says how many they have seen.
    """
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")
    if not may_record_terms(by, contract):
        raise NotPermitted("Only the council’s Lead Accountant keeps the terms.")
    refuse_wrong_terms(terms, response_days)
    with checked_at_once():
        row_of_contract = locked(contract)
        _refuse_others(row_of_contract, versions_seen)
        at = next_stamp(row_of_contract, clock)
        row = _insert(row_of_contract, terms, response_days, by, at)
        keep_stamp(row_of_contract)
        contract.last_stamped_at = at
        audit.record(
            stream=stream_of(contract),
            by=by,
            action="terms.recorded",
            subject=f"terms from {terms.effective_from}",
            detail={"effective_from": terms.effective_from.isoformat(), "row": row.pk},
            at=at,
        )
    return row


def _refuse_others(contract: Contract, versions_seen: int | None) -> None:
    if versions_seen is not None and TermsVersion.objects.filter(contract=contract).count() != versions_seen:
        raise OtherTermsRecorded("Other terms were recorded meanwhile. Check once more what yours would change.")


def _insert(contract: Contract, terms: Terms, response_days: int, by: Person, at: datetime) -> TermsVersion:
    row = TermsVersion.objects.create(
        contract=contract,
        recorded_at=at,
        recorded_by=by,
        effective_from=terms.effective_from,
        phase2_start=terms.phase2.start,
        phase2_until=terms.phase2.until,
        phase2_fee=pounds_of(terms.phase2.fee_pence),
        phase3_start=terms.phase3.start,
        phase3_until=terms.phase3.until,
        phase3_fee=pounds_of(terms.phase3.fee_pence),
        success_fee_threshold=pounds_of(terms.success_fee.threshold_pence),
        success_fee_rate=_share_of(terms.success_fee.rate),
        success_fee_basis=terms.success_fee.basis,
        carer_fee=pounds_of(terms.carer_fee_pence),
        maximum_value=pounds_of(terms.maximum_value_pence),
        schedule_row_count=None if terms.schedule is None else len(terms.schedule),
        refund_count=len(terms.carer_fee_refund),
        fixed_fee_limit=terms.fixed_fee_limit,
        fixed_fee_savings=terms.fixed_fee_savings,
        negative_savings=terms.negative_savings,
        annual_days=terms.annual_days,
        carer_fee_trigger=terms.carer_fee_trigger,
        expenses_wait_for_savings=terms.expenses_wait_for_savings,
        family_settings=list(terms.family_settings),
        response_days=response_days,
    )
    _insert_lists(row, terms)
    return row


def _insert_lists(row: TermsVersion, terms: Terms) -> None:
    ScheduleRow.objects.bulk_create(
        ScheduleRow(version=row, position=position, month=each.month.first_day, amount=pounds_of(each.amount_pence))
        for position, each in enumerate(terms.schedule or ())
    )
    CarerFeeRefund.objects.bulk_create(
        CarerFeeRefund(version=row, position=position, within_nights=each.within_nights, share=_share_of(each.share))
        for position, each in enumerate(terms.carer_fee_refund)
    )


def _share_of(ten_thousandths: int) -> Decimal:
    return Decimal(ten_thousandths) / RATE_SCALE
