"""What the API says of statements, and what it takes."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pbr_ledger.clients.api.serializers import IdField, PageQuery, StrictSerializer
from savings.lifecycles import PROPOSAL
from savings.models import SIDES

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
STATUSES = sorted(PROPOSAL.statuses)
DOCUMENT = {"type": "object", "additionalProperties": True}


class StatementSerializer(serializers.Serializer[Any]):
    """A month that is closed for good."""

    id = IdField("stm", source="pk")
    contract = IdField("con", source="contract_id")
    month = serializers.SerializerMethodField()
    digest = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Of the figures, as both sides agreed to them.")
    proposal = IdField("prp", source="proposal_id")
    known_at = serializers.DateTimeField(help_text="The cut-off: what was known then is in it.")
    closed_at = serializers.DateTimeField()
    skipped_months_because = serializers.CharField()
    unanswered_because = serializers.CharField()

    @extend_schema_field(serializers.RegexField(MONTH))
    def get_month(self, row: Any) -> str:
        """The month."""
        return str(row.month)


class StatementDocumentSerializer(serializers.Serializer[Any]):
    """A document of a closed statement."""

    name = serializers.CharField(help_text="As in its address.")
    media_type = serializers.CharField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    address = serializers.CharField()


class StatementInFullSerializer(StatementSerializer):
    """The same with its result document (docs/scenario.md)."""

    documents = serializers.SerializerMethodField(help_text="The report and the workbook, once they are made.")
    document = serializers.SerializerMethodField()

    @extend_schema_field(StatementDocumentSerializer(many=True))
    def get_documents(self, row: Any) -> Any:
        """What is kept of them, without their content."""
        made = sorted(row.reports.defer("content"), key=lambda report: str(report.name))
        address = f"/api/v1/statements/stm_{row.pk}"
        said = [
            {
                "name": each.name,
                "media_type": each.media_type,
                "sha256": each.sha256,
                "address": f"{address}/{each.name}",
            }
            for each in made
        ]
        return StatementDocumentSerializer(said, many=True).data

    @extend_schema_field(DOCUMENT)
    def get_document(self, row: Any) -> Any:
        """The figures."""
        return json.loads(row.document)


class AgreementSerializer(serializers.Serializer[Any]):
    """A side's word that the figures are right."""

    side = serializers.ChoiceField(SIDES)
    agreed_at = serializers.DateTimeField()


class ProposalSerializer(serializers.Serializer[Any]):
    """A month's figures, put to both sides."""

    id = IdField("prp", source="pk")
    contract = IdField("con", source="contract_id")
    month = serializers.SerializerMethodField()
    number = serializers.IntegerField(help_text="The month's first, second, …")
    status = serializers.ChoiceField(STATUSES)
    digest = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Of the figures: what an agreement binds to.")
    known_at = serializers.DateTimeField()
    proposed_at = serializers.DateTimeField()
    agreements = AgreementSerializer(many=True, source="agreements.all")

    @extend_schema_field(serializers.RegexField(MONTH))
    def get_month(self, row: Any) -> str:
        """The month."""
        return str(row.month)


class ProposalInFullSerializer(ProposalSerializer):
    """The same with its result document (docs/scenario.md)."""

    document = serializers.SerializerMethodField()

    @extend_schema_field(DOCUMENT)
    def get_document(self, row: Any) -> Any:
        """The figures."""
        return json.loads(row.document)


class StatementsQuery(PageQuery):
    """Which closed statements."""

    contract = IdField("con", required=False, help_text="Of this contract.")
    month = serializers.RegexField(MONTH, required=False)


class ProposalsQuery(PageQuery):
    """Which proposals."""

    contract = IdField("con", required=False, help_text="Of this contract.")
    month = serializers.RegexField(MONTH, required=False)
    status = serializers.ChoiceField(STATUSES, required=False)


class MonthToPropose(StrictSerializer):
    """The month to propose."""

    contract = IdField("con")
    month = serializers.RegexField(MONTH)


class Objection(StrictSerializer):
    """What is disputed, and why."""

    about = serializers.CharField(max_length=1000, help_text="The figure or line.")
    reason = serializers.CharField(max_length=1000)


class ClosingReasons(StrictSerializer):
    """Reasons, where closing needs them."""

    skipping_because = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    unanswered_because = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
