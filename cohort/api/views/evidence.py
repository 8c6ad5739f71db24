"""Evidence: the files beside a fact, attaching one more, and opening one."""

from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cohort.api.found import BASE, fact_of
from cohort.api.kinds import FactKind
from cohort.models import Evidence
from cohort.queries import contracts_visible_to
from cohort.queries.evidence import evidence_of
from cohort.rules import may_open_evidence
from cohort.services import Upload, attach_evidence
from pbr_ledger.clients.api.answers import document, made_once
from pbr_ledger.clients.api.paging import page_of, page_schema, query_of
from pbr_ledger.clients.api.parameters import KEY_OF_CREATION, RANGE, UNCHANGED, row_id
from pbr_ledger.clients.api.renderers import BytesRenderer
from pbr_ledger.clients.api.serializers import IdField, PageQuery, StrictSerializer, checked
from pbr_ledger.clients.api.views import ApiView, asker
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.uploads import LARGEST_FILE, kept
from pbr_ledger.uploads.content import MEDIA_TYPES

TYPES = sorted(MEDIA_TYPES.values())
FILE_RENDERERS = [type("FileRenderer", (BytesRenderer,), {"media_type": each, "format": "file"}) for each in TYPES]


class EvidenceSerializer(serializers.Serializer[Any]):
    """A file beside a fact. Withdrawn, it counts no longer, and only the council can open it."""

    id = IdField("evd", source="pk")
    name = serializers.CharField(help_text="As it is shown to people.")
    media_type = serializers.CharField(help_text="By its content.")
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Of the bytes that are kept.")
    attached_at = serializers.DateTimeField()
    withdrawn_because = serializers.SerializerMethodField(help_text="Null while it counts.")
    address = serializers.SerializerMethodField(help_text="Where the file is.")

    def get_withdrawn_because(self, row: Evidence) -> str | None:
        """The reason."""
        withdrawal = getattr(row, "withdrawal", None)
        return withdrawal.reason if withdrawal else None

    def get_address(self, row: Evidence) -> str:
        """The address of its bytes."""
        return f"{BASE}/evidence/evd_{row.pk}/file"


class FileToAttach(StrictSerializer):
    """One file: PDF, PNG, JPEG, DOCX, XLSX, plain text or CSV, of at most 10 MB."""

    file = serializers.FileField(max_length=255, allow_empty_file=True, use_url=False)


class BesideView(ApiView):
    """What stands beside one fact."""

    fact: ClassVar[FactKind]
    scopes: ClassVar = {"GET": "evidence:read", "POST": "evidence:write"}
    parser_classes = [MultiPartParser]

    def listed(self, request: Request, row: int) -> Response:
        """A page of the files."""
        query, identity = query_of(request, PageQuery), fact_of(request, self.fact, row)
        return page_of(request, evidence_of(self.fact.kind, identity), EvidenceSerializer, query)

    def attached(self, request: Request, row: int) -> Response:
        """The file that is attached here."""
        return made_once(request, lambda: self._made(request, row), lambda key: _said(request, key))

    def _made(self, request: Request, row: int) -> int:
        file, identity = checked(FileToAttach, request.data)["file"], fact_of(request, self.fact, row)
        try:
            (made,) = attach_evidence(
                contract=identity.contract,
                kind=self.fact.kind,
                fact=identity,
                files=[_read(file)],
                by=asker(request),
                clock=DATABASE_CLOCK,
            )
        except Refused as refusal:
            raise Refused([Problem("file", each.message) for each in refusal.problems]) from refusal
        key: int = made.pk
        return key


def beside_view(fact: FactKind) -> type[BesideView]:
    """The files beside one fact of the kind, and what the schema says of them."""

    @extend_schema(
        operation_id=f"list_evidence_of_{fact.kind}",
        description=f"The files beside one {fact.words}, in the order in which they were attached.",
        parameters=[row_id(fact.prefix), PageQuery],
        responses=page_schema(EvidenceSerializer),
        tags=["Evidence"],
    )
    def get(self: BesideView, request: Request, row: int) -> Response:
        return self.listed(request, row)

    @extend_schema(
        operation_id=f"attach_to_{fact.kind}",
        description=f"Attach a file to one {fact.words}. Cover the names of children and carers in it before.",
        parameters=[row_id(fact.prefix), KEY_OF_CREATION],
        request={"multipart/form-data": FileToAttach},
        responses={201: EvidenceSerializer},
        tags=["Evidence"],
    )
    def post(self: BesideView, request: Request, row: int) -> Response:
        return self.attached(request, row)

    return type("BesideView", (BesideView,), {"fact": fact, "get": get, "post": post})


class FileView(ApiView):
    """The bytes of a file."""

    scopes: ClassVar = {"GET": "evidence:read"}
    renderer_classes = [*FILE_RENDERERS, JSONRenderer]

    @extend_schema(
        operation_id="get_evidence_file",
        parameters=[row_id("evd"), RANGE],
        responses={
            **{(200, each): OpenApiTypes.BINARY for each in TYPES},
            **{(206, each): OpenApiTypes.BINARY for each in TYPES},
            304: UNCHANGED,
        },
        tags=["Evidence"],
    )
    def get(self, request: Request, row: int) -> HttpResponseBase:
        """The file as it is kept, to save and never to show in a page."""
        found = _evidence(request, row)
        if not may_open_evidence(asker(request), found.fact.contract, found):
            raise Http404
        content = kept(found.kept_as, sha256=found.sha256)
        return document(request, content=content, media_type=found.media_type, sha256=found.sha256, name=found.name)


def _read(file: UploadedFile) -> Upload:
    """The file with its bytes. Refuses one that is too large unread."""
    if (file.size or 0) > LARGEST_FILE:
        raise Refused([Problem("file", f"“{file.name}” is larger than 10 MB.")])
    return Upload(file.name or "file", file.read())


def _evidence(request: Request, key: int) -> Evidence:
    """The file's row, beside whatever fact it stands. Raises `Http404` where there is none for this client."""
    found = Evidence.objects.filter(pk=key).select_related("withdrawal", "claim", "household", "placement", "expense")
    row = found.first()
    if row is None or not contracts_visible_to(asker(request)).filter(pk=row.fact.contract_id).exists():
        raise Http404
    return row


def _said(request: Request, key: int) -> Response:
    row = _evidence(request, key)
    headers = {"Location": f"{BASE}/evidence/evd_{key}/file"}
    return Response(EvidenceSerializer(row).data, status=201, headers=headers)
