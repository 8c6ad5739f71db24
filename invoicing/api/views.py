"""The addresses of what is owed. Reads go through the agent's views, writes through the services of the pages."""

from typing import Any, ClassVar

from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api import writing
from invoicing.api.reading import (
    SHOWN_AS,
    ContractSerializer,
    EventSerializer,
    InvoiceSerializer,
    InvoicesQuery,
    PaymentSerializer,
    PaymentsQuery,
    SetOffSerializer,
    SetOffsQuery,
)
from invoicing.models import AgentInvoice, AgentPayment, AgentSetOff, Payment, SetOff
from invoicing.queries import agent
from invoicing.services.payments import reverse_payment, reverse_set_off
from pbr_ledger.accounts.models import Person
from pbr_ledger.clients.api.answers import answered_once, document, require_unchanged, with_etag
from pbr_ledger.clients.api.paging import page_of, page_schema, query_of
from pbr_ledger.clients.api.parameters import IF_MATCH, RANGE, UNCHANGED, row_id
from pbr_ledger.clients.api.renderers import BytesRenderer, PdfRenderer
from pbr_ledger.clients.api.serializers import PageQuery, checked
from pbr_ledger.clients.api.views import ApiView, asker
from pbr_ledger.clock import DATABASE_CLOCK

BASE = "/api/v1"
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Yours, new for each payment. The same again gets the same answer, and moves no money twice.",
)


class ContractsView(ApiView):
    """Contracts."""

    scopes: ClassVar = {"GET": "contracts:read"}

    @extend_schema(
        operation_id="list_contracts",
        parameters=[PageQuery],
        responses=page_schema(ContractSerializer),
        tags=["Contracts"],
    )
    def get(self, request: Request) -> Response:
        """The contracts to which your organisation is a party."""
        query = query_of(request, PageQuery)
        return page_of(request, agent.readable_contracts(asker(request)), ContractSerializer, query)


class ContractView(ApiView):
    """A contract."""

    scopes: ClassVar = {"GET": "contracts:read"}

    @extend_schema(
        operation_id="get_contract",
        parameters=[row_id("con")],
        responses={200: ContractSerializer, 304: UNCHANGED},
        tags=["Contracts"],
    )
    def get(self, request: Request, row: int) -> Response:
        """One contract."""
        found = found_or_404(agent.readable_contracts(asker(request)), row)
        return with_etag(request, ContractSerializer(found).data)


class InvoicesView(ApiView):
    """Invoices and credit notes."""

    scopes: ClassVar = {"GET": "invoices:read"}

    @extend_schema(
        operation_id="list_invoices",
        parameters=[InvoicesQuery],
        responses=page_schema(InvoiceSerializer),
        tags=["Invoices"],
    )
    def get(self, request: Request) -> Response:
        """Issued invoices and credit notes. What can be paid now: `?kind=invoice&payable=true`."""
        query = query_of(request, InvoicesQuery)
        return page_of(request, agent.readable_invoices(asker(request), query), InvoiceSerializer, query)


class InvoiceView(ApiView):
    """An invoice or credit note."""

    scopes: ClassVar = {"GET": "invoices:read"}

    @extend_schema(
        operation_id="get_invoice",
        parameters=[row_id("inv")],
        responses={200: InvoiceSerializer, 304: UNCHANGED},
        tags=["Invoices"],
    )
    def get(self, request: Request, row: int) -> Response:
        """One invoice or credit note."""
        found: AgentInvoice = found_or_404(agent.readable_invoices(asker(request), {}), row)
        return with_etag(request, InvoiceSerializer(found).data)


class XmlRenderer(BytesRenderer):
    """XML."""

    media_type = "application/xml"
    format = "xml"


class DocumentView(ApiView):
    """A document of an invoice."""

    scopes: ClassVar = {"GET": "invoices:read"}
    shown: ClassVar[str]

    def answer(self, request: Request, row: int) -> HttpResponseBase:
        """The stored bytes."""
        kept_as = next(name for name, shown in SHOWN_AS.items() if shown == self.shown)
        documents = agent.readable_documents(asker(request)).select_related("invoice")
        found = documents.filter(invoice_id=row, name=kept_as).first()
        if found is None:
            raise Http404
        word = found.invoice.kind.replace("_", "-")
        return document(
            request,
            content=bytes(found.content),
            media_type=found.media_type,
            sha256=found.sha256,
            name=f"{word}-{found.invoice_id}-{found.invoice.number}.{self.shown.rpartition('.')[2]}",
        )


class PdfView(DocumentView):
    """The PDF."""

    shown = "document.pdf"
    renderer_classes = [PdfRenderer, JSONRenderer]

    @extend_schema(
        operation_id="get_invoice_pdf",
        parameters=[row_id("inv"), RANGE],
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (206, "application/pdf"): OpenApiTypes.BINARY,
            304: UNCHANGED,
        },
        tags=["Invoices"],
    )
    def get(self, request: Request, row: int) -> HttpResponseBase:
        """The invoice as PDF/A-3 with its UBL embedded; 404 until it is made, some seconds after the issue."""
        return self.answer(request, row)


class XmlView(DocumentView):
    """The XML."""

    shown = "document.xml"
    renderer_classes = [XmlRenderer, JSONRenderer]

    @extend_schema(
        operation_id="get_invoice_xml",
        parameters=[row_id("inv"), RANGE],
        responses={
            (200, "application/xml"): OpenApiTypes.BINARY,
            (206, "application/xml"): OpenApiTypes.BINARY,
            304: UNCHANGED,
        },
        tags=["Invoices"],
    )
    def get(self, request: Request, row: int) -> HttpResponseBase:
        """The invoice as UBL 2.1 (EN 16931)."""
        return self.answer(request, row)


class PaymentsView(ApiView):
    """Payments."""

    scopes: ClassVar = {"GET": "payments:read", "POST": "payments:write"}

    @extend_schema(
        operation_id="list_payments",
        parameters=[PaymentsQuery],
        responses=page_schema(PaymentSerializer),
        tags=["Payments"],
    )
    def get(self, request: Request) -> Response:
        """Payments, repayments and their reversals, as recorded."""
        query = query_of(request, PaymentsQuery)
        return page_of(request, agent.readable_payments(asker(request), query), PaymentSerializer, query)

    @extend_schema(
        operation_id="record_payment",
        parameters=[KEY],
        request=writing.PaymentToRecord,
        responses={201: PaymentSerializer},
        tags=["Payments"],
    )
    def post(self, request: Request) -> Response:
        """Record what was paid, in full or in part, of one or more approved invoices of a contract."""
        return answered_once(request, lambda: _payment_made(writing.recorded_payment(asker(request), request.data)))


class RepaymentsView(ApiView):
    """Repayments of credit."""

    scopes: ClassVar = {"POST": "payments:write"}

    @extend_schema(
        operation_id="record_repayment",
        parameters=[KEY],
        request=writing.RepaymentToRecord,
        responses={201: PaymentSerializer},
        tags=["Payments"],
    )
    def post(self, request: Request) -> Response:
        """Record credit that the provider has paid back in cash."""
        return answered_once(request, lambda: _payment_made(writing.recorded_repayment(asker(request), request.data)))


class PaymentView(ApiView):
    """A payment."""

    scopes: ClassVar = {"GET": "payments:read"}

    @extend_schema(
        operation_id="get_payment",
        parameters=[row_id("pay")],
        responses={200: PaymentSerializer, 304: UNCHANGED},
        tags=["Payments"],
    )
    def get(self, request: Request, row: int) -> Response:
        """One payment, repayment or reversal."""
        found: AgentPayment = found_or_404(agent.readable_payments(asker(request), {}), row)
        return with_etag(request, PaymentSerializer(found).data)


class PaymentReversalView(ApiView):
    """The reversal of a payment."""

    scopes: ClassVar = {"POST": "payments:write"}

    @extend_schema(
        operation_id="reverse_payment",
        parameters=[row_id("pay"), KEY, IF_MATCH],
        request=writing.Reversal,
        responses={201: PaymentSerializer},
        tags=["Payments"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Reverse a payment or repayment that was recorded in error: what it settled is open again."""
        return answered_once(request, lambda: self._reversed(request, asker(request), row))

    def _reversed(self, request: Request, person: Person, row: int) -> Response:
        found: AgentPayment = found_or_404(agent.readable_payments(person, {}), row)
        writing.locked_contract_of(found.contract_id)
        require_unchanged(request, PaymentSerializer(agent.payment_as_recorded(row)).data)
        reason = checked(writing.Reversal, request.data)["reason"]
        payment = Payment.objects.select_related("contract").get(pk=row)
        return _payment_made(reverse_payment(payment=payment, reason=reason, by=person, clock=DATABASE_CLOCK))


class SetOffsView(ApiView):
    """Set-offs."""

    scopes: ClassVar = {"GET": "payments:read", "POST": "payments:write"}

    @extend_schema(
        operation_id="list_set_offs",
        parameters=[SetOffsQuery],
        responses=page_schema(SetOffSerializer),
        tags=["Payments"],
    )
    def get(self, request: Request) -> Response:
        """Credit that was used against invoices, and reversals of that."""
        query = query_of(request, SetOffsQuery)
        return page_of(request, agent.readable_set_offs(asker(request), query), SetOffSerializer, query)

    @extend_schema(
        operation_id="record_set_off",
        parameters=[KEY],
        request=writing.SetOffToRecord,
        responses={201: SetOffSerializer},
        tags=["Payments"],
    )
    def post(self, request: Request) -> Response:
        """Use credit against an approved invoice of the same contract."""
        return answered_once(request, lambda: _set_off_made(writing.recorded_set_off(asker(request), request.data)))


class SetOffView(ApiView):
    """A set-off."""

    scopes: ClassVar = {"GET": "payments:read"}

    @extend_schema(
        operation_id="get_set_off",
        parameters=[row_id("set")],
        responses={200: SetOffSerializer, 304: UNCHANGED},
        tags=["Payments"],
    )
    def get(self, request: Request, row: int) -> Response:
        """One set-off or reversal."""
        found: AgentSetOff = found_or_404(agent.readable_set_offs(asker(request), {}), row)
        return with_etag(request, SetOffSerializer(found).data)


class SetOffReversalView(ApiView):
    """The reversal of a set-off."""

    scopes: ClassVar = {"POST": "payments:write"}

    @extend_schema(
        operation_id="reverse_set_off",
        parameters=[row_id("set"), KEY, IF_MATCH],
        request=writing.Reversal,
        responses={201: SetOffSerializer},
        tags=["Payments"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Reverse a set-off that was recorded in error: credit and invoice are open again."""
        return answered_once(request, lambda: self._reversed(request, asker(request), row))

    def _reversed(self, request: Request, person: Person, row: int) -> Response:
        found: AgentSetOff = found_or_404(agent.readable_set_offs(person, {}), row)
        writing.locked_contract_of(found.contract_id)
        require_unchanged(request, SetOffSerializer(AgentSetOff.objects.get(pk=row)).data)
        reason = checked(writing.Reversal, request.data)["reason"]
        made = SetOff.objects.select_related("contract").get(pk=row)
        return _set_off_made(reverse_set_off(made=made, reason=reason, by=person, clock=DATABASE_CLOCK))


class EventsView(ApiView):
    """What has happened."""

    scopes: ClassVar = {"GET": "events:read"}

    @extend_schema(
        operation_id="list_events", parameters=[PageQuery], responses=page_schema(EventSerializer), tags=["Events"]
    )
    def get(self, request: Request) -> Response:
        """What has happened, in its order. Keep `cursor`, and ask for what came `after` it."""
        query = query_of(request, PageQuery)
        return page_of(request, agent.readable_events(asker(request)), EventSerializer, query)


def found_or_404(rows: Any, key: int) -> Any:
    """The row of this key. Raises `Http404` where there is none for this client."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _payment_made(payment: Payment) -> Response:
    """The answer, as the agent's view has it: read here in the transaction of the change, so that it can be kept."""
    said = PaymentSerializer(agent.payment_as_recorded(payment.pk)).data
    return writing.created(said, f"{BASE}/payments")


def _set_off_made(made: SetOff) -> Response:
    return writing.created(SetOffSerializer(AgentSetOff.objects.get(pk=made.pk)).data, f"{BASE}/set-offs")
