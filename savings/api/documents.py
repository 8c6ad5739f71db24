"""The documents of closed statements: the very bytes that are kept, with their digest, whole or in part."""

import hashlib
from typing import ClassVar

from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from cohort.queries.erasures import refuse_erased
from pbr_ledger.clients.api.answers import document
from pbr_ledger.clients.api.parameters import RANGE, UNCHANGED, row_id
from pbr_ledger.clients.api.renderers import PdfRenderer, WorkbookRenderer
from pbr_ledger.clients.api.views import ApiView, asker
from savings.api.views import found_or_404, statements_of
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement
from savings.pages.documents import file_name
from savings.queries import statement_report
from savings.services import statement_text


class DocumentView(ApiView):
    """A document of a closed statement."""

    scopes: ClassVar = {"GET": "statements:read"}

    def closed(self, request: Request, row: int) -> ClosedStatement:
        """The statement, as far as this client may read it."""
        found: ClosedStatement = found_or_404(statements_of(asker(request)).select_related("contract"), row)
        refuse_erased(found.contract)
        return found

    def kept(self, request: Request, row: int, name: str, kind: str) -> HttpResponseBase:
        """The stored bytes."""
        closed = self.closed(request, row)
        found = statement_report(statement=closed, name=name)
        if found is None:
            raise Http404
        return document(
            request,
            content=bytes(found.content),
            media_type=found.media_type,
            sha256=found.sha256,
            name=file_name(kind, closed, name.rpartition(".")[2]),
        )


class ReportView(DocumentView):
    """The report."""

    renderer_classes = [PdfRenderer, JSONRenderer]

    @extend_schema(
        operation_id="get_statement_report",
        parameters=[row_id("stm"), RANGE],
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (206, "application/pdf"): OpenApiTypes.BINARY,
            304: UNCHANGED,
        },
        tags=["Statements"],
    )
    def get(self, request: Request, row: int) -> HttpResponseBase:
        """The reconciliation report (PDF/A-3, PDF/UA-1); 404 until it is made, some seconds after the closing."""
        return self.kept(request, row, RECONCILIATION_REPORT, "reconciliation")


class WorkbookView(DocumentView):
    """The workbook."""

    renderer_classes = [WorkbookRenderer, JSONRenderer]

    @extend_schema(
        operation_id="get_statement_workbook",
        parameters=[row_id("stm"), RANGE],
        responses={
            (200, WorkbookRenderer.media_type): OpenApiTypes.BINARY,
            (206, WorkbookRenderer.media_type): OpenApiTypes.BINARY,
            304: UNCHANGED,
        },
        tags=["Statements"],
    )
    def get(self, request: Request, row: int) -> HttpResponseBase:
        """The reconciliation workbook in live formulas; 404 until it is made, some seconds after the closing."""
        return self.kept(request, row, RECONCILIATION_WORKBOOK, "workbook")


class ResultDocumentView(DocumentView):
    """The figures alone."""

    @extend_schema(
        operation_id="get_statement_json",
        parameters=[row_id("stm")],
        responses={
            (200, "application/json"): {"type": "object", "additionalProperties": True},
            304: UNCHANGED,
        },
        tags=["Statements"],
    )
    def get(self, request: Request, row: int) -> HttpResponseBase:
        """The month as a result document, as the pages have it (docs/scenario.md). Always whole: a part is no JSON."""
        closed = self.closed(request, row)
        content = statement_text(closed).encode()
        return document(
            request,
            content=content,
            media_type="application/json",
            sha256=hashlib.sha256(content).hexdigest(),
            name=file_name("statement", closed, "json"),
            in_parts=False,
        )
