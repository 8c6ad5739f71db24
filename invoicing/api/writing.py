"""What the API takes: payments, repayments, set-offs and reversals, each done by its one service."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from cohort.models import Contract
from cohort.services import locked
from invoicing.api.problems import RECORDED_BEFORE
from invoicing.models import PAYMENT, REPAYMENT, Invoice, Payment, SetOff
from invoicing.queries.agent import readable_contracts, readable_invoices, same_payment
from invoicing.services.payments import LONGEST_REFERENCE, record_payment, repay_credit, set_off
from pbr_ledger.accounts.models import Person
from pbr_ledger.clients.api.answers import etag_of
from pbr_ledger.clients.api.problems import ApiProblem, invalid
from pbr_ledger.clients.api.serializers import AmountField, IdField, StrictSerializer, checked
from pbr_ledger.clock import DATABASE_CLOCK

MOST_ALLOCATIONS = 100


class AllocationToRecord(StrictSerializer):
    """What of a payment goes to which invoice."""

    invoice = IdField("inv")
    amount = AmountField()


class PaymentToRecord(StrictSerializer):
    """A payment of one or more invoices of one contract; the allocations come to its amount."""

    amount = AmountField()
    paid_on = serializers.DateField(help_text="Not before an invoice's issue, and not in the future.")
    remittance_reference = serializers.CharField(max_length=LONGEST_REFERENCE, help_text="As on the bank statement.")
    allocations: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=AllocationToRecord(), min_length=1, max_length=MOST_ALLOCATIONS
    )


class RepaymentToRecord(StrictSerializer):
    """Credit that the provider has paid back in cash."""

    credit_note = IdField("inv")
    amount = AmountField()
    paid_on = serializers.DateField()
    remittance_reference = serializers.CharField(max_length=LONGEST_REFERENCE)


class SetOffToRecord(StrictSerializer):
    """Credit to be used against an invoice of the same contract."""

    credit_note = IdField("inv")
    invoice = IdField("inv")
    amount = AmountField()


class Reversal(StrictSerializer):
    """Why something is reversed."""

    reason = serializers.CharField(max_length=1000)


def recorded_payment(person: Person, given: Any) -> Payment:
    """The payment, recorded. Raises the problem that it is, or the service's refusal."""
    wanted = checked(PaymentToRecord, given)
    shares = [
        (_invoice(person, each["invoice"], f"allocations[{place}].invoice"), each["amount"])
        for place, each in enumerate(wanted["allocations"])
    ]
    contract = _locked_contract(person, shares[0][0])
    if place := next((place for place, (each, _) in enumerate(shares) if each.contract_id != contract.pk), 0):
        raise invalid(f"allocations[{place}].invoice", "Is of another contract: pay each contract by itself.")
    _refuse_twice(wanted, PAYMENT, contract)
    return record_payment(
        contract=contract,
        amount=wanted["amount"],
        paid_on=wanted["paid_on"],
        remittance_reference=wanted["remittance_reference"],
        allocations=shares,
        by=person,
        clock=DATABASE_CLOCK,
    )


def recorded_repayment(person: Person, given: Any) -> Payment:
    """The repayment, recorded. Raises as `recorded_payment` does."""
    wanted = checked(RepaymentToRecord, given)
    credit_note = _invoice(person, wanted["credit_note"], "credit_note")
    _refuse_twice(wanted, REPAYMENT, _locked_contract(person, credit_note))
    return repay_credit(
        credit_note=credit_note,
        amount=wanted["amount"],
        paid_on=wanted["paid_on"],
        remittance_reference=wanted["remittance_reference"],
        by=person,
        clock=DATABASE_CLOCK,
    )


def recorded_set_off(person: Person, given: Any) -> SetOff:
    """The set-off, recorded. Raises as `recorded_payment` does."""
    wanted = checked(SetOffToRecord, given)
    credit_note = _invoice(person, wanted["credit_note"], "credit_note")
    invoice = _invoice(person, wanted["invoice"], "invoice")
    if invoice.contract_id != credit_note.contract_id:
        raise invalid("invoice", "Is of another contract than the credit note.")
    return set_off(credit_note=credit_note, invoice=invoice, amount=wanted["amount"], by=person, clock=DATABASE_CLOCK)


def created(said: Mapping[str, Any], address: str) -> Response:
    """The answer that something was made, and where it is."""
    return Response(said, status=201, headers={"Location": f"{address}/{said['id']}", "ETag": etag_of(said)})


def locked_contract_of(contract_id: int) -> Contract:
    """The contract, locked: what is read of it from here on stays until the transaction ends."""
    return locked(Contract.objects.get(pk=contract_id), erased_too=True)


def _invoice(person: Person, key: int, place: str) -> Invoice:
    """The invoice, if the person's organisation may read it; for others there is none."""
    if not readable_invoices(person, {}).filter(pk=key).exists():
        raise invalid(place, "There is no such invoice.")
    return Invoice.objects.select_related("contract").get(pk=key)


def _locked_contract(person: Person, invoice: Invoice) -> Contract:
    if not readable_contracts(person).filter(pk=invoice.contract_id).exists():
        raise invalid("", "There is no such contract.")
    return locked_contract_of(invoice.contract_id)


def _refuse_twice(wanted: Mapping[str, Any], kind: str, contract: Contract) -> None:
    """Raise a problem where the same payment stands recorded under another key."""
    before = same_payment({**wanted, "kind": kind}, contract.pk)
    if before is not None:
        raise ApiProblem(RECORDED_BEFORE, f"pay_{before.pk} has the same reference, day and amount.")
