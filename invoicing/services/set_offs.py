"""Credit set off against invoices, and taken back where that was an error."""

from decimal import Decimal

from cohort.services import checked_at_once, locked
from invoicing import rules
from invoicing.models import CREDIT_NOTE, INVOICE_KIND, Invoice, SetOff
from invoicing.services.announcements import tell_of_payment
from invoicing.services.ground import (
    locked_invoices,
    note,
    require,
    require_amount,
    require_party,
    require_reason,
    stamp,
)
from invoicing.services.settling import CLERK, reopen, require_open, settle
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError


class SetOffAlreadyReversed(LedgerError):
    """The set-off was reversed before, or is itself a reversal."""


def set_off(*, credit_note: Invoice, invoice: Invoice, amount: Decimal, by: Person, clock: Clock) -> SetOff:
    """Credit used against an approved invoice. Both stand in the account of what is payable, so nothing is posted.

    Raises `MoreThanOwed`, `NotPayable`, `NotPermitted`, and `NotFound` to those outside the contract.
    """
    with checked_at_once():
        require_party(by, credit_note.contract)
        contract = locked(credit_note.contract, erased_too=True)
        require(rules.may_record_payment(by, contract), CLERK)
        require_amount("amount", amount)
        rows = locked_invoices(contract, [credit_note.pk, invoice.pk])
        credit, owed = rows[credit_note.pk], rows[invoice.pk]
        require_open(credit, CREDIT_NOTE, amount)
        require_open(owed, INVOICE_KIND, amount)
        at = stamp(contract, clock)
        made = SetOff.objects.create(
            contract=contract, credit_note=credit, invoice=owed, amount=amount, recorded_by=by, recorded_at=at
        )
        settle(credit, amount, by, at)
        settle(owed, amount, by, at)
        note(contract, by, "credit_note.set_off", credit, {"against": str(owed), "amount": str(amount)}, at)
        tell_of_payment(contract, "Credit is set off against an invoice", by=by, at=at)
    return made


def reverse_set_off(*, made: SetOff, reason: str, by: Person, clock: Clock) -> SetOff:
    """The reversal of a set-off recorded in error: so much of the credit and of the invoice is open again.

    As the set-off posted nothing, neither does this. Raises `SetOffAlreadyReversed`, `ReasonMissing`, `NotPermitted`,
    and `NotFound` to those outside the contract.
    """
    with checked_at_once():
        require_party(by, made.contract)
        contract = locked(made.contract, erased_too=True)
        require(rules.may_record_payment(by, contract), CLERK)
        require_reason(reason, "Say why the set-off is reversed.")
        if made.reverses_id is not None or SetOff.objects.filter(reverses=made).exists():
            raise SetOffAlreadyReversed(f"{made} was reversed before, or is a reversal.")
        rows = locked_invoices(contract, [made.credit_note_id, made.invoice_id])
        credit, owed = rows[made.credit_note_id], rows[made.invoice_id]
        at = stamp(contract, clock)
        reversal = SetOff.objects.create(
            contract=contract,
            credit_note=credit,
            invoice=owed,
            amount=made.amount,
            recorded_by=by,
            recorded_at=at,
            reverses=made,
            reason=reason,
        )
        reopen(credit, made.amount, by, at, reason)
        reopen(owed, made.amount, by, at, reason)
        detail = {"against": str(owed), "amount": str(made.amount), "reason": reason}
        note(contract, by, "credit_note.set_off_reversed", credit, detail, at)
        tell_of_payment(contract, "A set-off of credit is taken back", by=by, at=at)
    return reversal
