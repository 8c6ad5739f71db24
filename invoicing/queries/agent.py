"""What a program may read of invoices and payments: through the agent's views, and of them what is its own's."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Prefetch, QuerySet

from invoicing.lifecycles import OWED_STATUSES
from invoicing.models import (
    AgentAllocation,
    AgentContract,
    AgentDocument,
    AgentEvent,
    AgentInvoice,
    AgentPayment,
    AgentSetOff,
    AgentVat,
    Event,
    Payment,
)
from invoicing.models.agent import OfParties
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import AGENT

Row = TypeVar("Row", bound=OfParties)

READ_BY = {AGENT: "record_payment"}
"""What somebody of such an organisation has to be permitted; in others it is reading contracts."""


def readable_contracts(person: Person) -> QuerySet[AgentContract]:
    """The contracts to which the person's organisation is a party."""
    return _own(AgentContract.objects.all(), person)


def readable_invoices(person: Person, asked: Mapping[str, Any]) -> QuerySet[AgentInvoice]:
    """Their issued invoices and credit notes, as `asked`: by kind, status, contract, due day or last change."""
    rows = _own(AgentInvoice.objects.all(), person)
    if "payable" in asked:
        owed = {"status__in": OWED_STATUSES}
        rows = rows.filter(**owed) if asked["payable"] else rows.exclude(**owed)
    filters = {
        "kind": "kind",
        "status": "status",
        "contract": "contract_id",
        "due_before": "due_on__lt",
        "changed_since": "changed_at__gte",
    }
    rows = rows.filter(**{column: asked[name] for name, column in filters.items() if name in asked})
    without_content = Prefetch("documents", AgentDocument.objects.defer("content").order_by("name"))
    return rows.prefetch_related(Prefetch("vat_lines", AgentVat.objects.order_by("pk")), "corrections", without_content)


def readable_documents(person: Person) -> QuerySet[AgentDocument]:
    """The stored documents of these."""
    return _own(AgentDocument.objects.all(), person)


def readable_payments(person: Person, asked: Mapping[str, Any]) -> QuerySet[AgentPayment]:
    """Payments, repayments and their reversals, as `asked`: by contract, kind or invoice."""
    rows = _own(AgentPayment.objects.all(), person).prefetch_related(_in_order())
    filters = {
        "contract": "contract_id",
        "kind": "kind",
        "invoice": "allocations__invoice_id",
        "remittance_reference": "remittance_reference",
    }
    return rows.filter(**{column: asked[name] for name, column in filters.items() if name in asked})


def payment_as_recorded(key: int) -> AgentPayment:
    """The payment as its view has it, in the transaction that is open: what is said of one just recorded."""
    return AgentPayment.objects.prefetch_related(_in_order()).get(pk=key)


def readable_set_offs(person: Person, asked: Mapping[str, Any]) -> QuerySet[AgentSetOff]:
    """Credit that was used, and reversals of that, as `asked`: by contract."""
    rows = _own(AgentSetOff.objects.all(), person)
    return rows.filter(contract_id=asked["contract"]) if "contract" in asked else rows


def readable_events(person: Person) -> "QuerySet[AgentEvent] | QuerySet[Event]":
    """What has happened to invoices and payments; for the council and the provider to statements too."""
    if person.organisation.kind == AGENT:
        return _own(AgentEvent.objects.all(), person)
    if not _may_read(person):
        return Event.objects.none()
    return Event.objects.filter(**{f"contract__{person.organisation.kind}": person.organisation}).select_related(
        "statement"
    )


def same_payment(payment: Mapping[str, Any], contract_id: int) -> Payment | None:
    """A payment that was recorded of the same reference, day and amount and stands; the contract is locked."""
    found = Payment.objects.filter(
        contract_id=contract_id,
        kind=payment["kind"],
        remittance_reference=payment["remittance_reference"],
        paid_on=payment["paid_on"],
        amount=payment["amount"],
        reverses=None,
        reversal=None,
    )
    return found.first()


def _in_order() -> "Prefetch[str]":
    return Prefetch("allocations", AgentAllocation.objects.order_by("pk"))


def _own(rows: QuerySet[Row], person: Person) -> QuerySet[Row]:
    """The rows of the person's own contracts; the agent's over its own connection, whose role may read no table."""
    kind = person.organisation.kind
    if not _may_read(person):
        return rows.none()
    own = rows.filter(**{f"{kind}_id": person.organisation_id})
    return own.using("agent") if kind == AGENT else own


def _may_read(person: Person) -> bool:
    return READ_BY.get(person.organisation.kind, "read_contract") in permissions_now(person)
