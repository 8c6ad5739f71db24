"""What the API says of facts. They name one another by the parties' own references; amounts are pounds a week."""

from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cohort.core.facts import ASSESSORS, CLAIM_STATUSES, ENDINGS, EXTRA_COST_KINDS, SETTINGS
from cohort.rules import side_of
from pbr_ledger.clients.api.serializers import IdField, MoneyField, PageQuery
from pbr_ledger.money import pounds_of

SIDES = ("council", "provider")
BLOCK_CONTRACT = "The bed is paid for whether used or not. No figure of a statement asks for it."


class PenceField(MoneyField):
    """Gives pence as pounds with two decimals."""

    def to_representation(self, pence: Any) -> str:
        """The amount."""
        amount: Decimal = pounds_of(pence)
        return super().to_representation(amount)


class RateSerializer(serializers.Serializer[Any]):
    """A price from a date until the next one begins."""

    start = serializers.DateField()
    weekly = PenceField(source="weekly_pence")
    contribution = PenceField(source="contribution_pence", help_text="What of it partners pay.")


class FactSerializer(serializers.Serializer[Any]):
    """What every fact has: its id, its reference, and the version of it that is shown."""

    prefix: ClassVar[str]
    contract = IdField("con", source="contract_id")
    reference = serializers.CharField(help_text="The parties' own, once in its contract.")
    retracted = serializers.BooleanField(help_text="It was wrong altogether. The rest is what was last said of it.")
    recorded_at = serializers.DateTimeField(help_text="When this version was recorded.")

    def get_fields(self) -> dict[str, Any]:
        """The fields, the id first."""
        return {"id": IdField(self.prefix, source="key"), **super().get_fields()}


class VersionSerializer(serializers.Serializer[Any]):
    """What a version of a fact has besides: until when it was known, and who recorded it."""

    superseded_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is the current one.")
    recorded_by = serializers.CharField(source="recorded_by.full_name")


class ChildSerializer(FactSerializer):
    """A child of the cohort, by reference. `left` is the first night that no longer counts."""

    prefix = "chd"
    joined = serializers.DateField(source="content.joined")
    left = serializers.DateField(source="content.left", allow_null=True)
    baseline = RateSerializer(source="content.baseline", many=True)


class PlacementSerializer(FactSerializer):
    """Where a child lives, and at what price. `until` is the first night that is not covered."""

    prefix = "plc"
    child = serializers.CharField(source="content.child")
    setting = serializers.ChoiceField(SETTINGS, source="content.setting")
    start = serializers.DateField(source="content.start")
    until = serializers.DateField(source="content.until", allow_null=True)
    ended = serializers.ChoiceField(ENDINGS, source="content.ended", allow_null=True)
    household = serializers.CharField(source="content.household", allow_null=True)
    block_contract = serializers.BooleanField(source="content.block_contract", help_text=BLOCK_CONTRACT)
    costs = RateSerializer(source="content.costs", many=True)


class ClaimSerializer(FactSerializer):
    """The provider's claim that a placement is a transition."""

    prefix = "clm"
    placement = serializers.CharField(source="content.placement")
    status = serializers.ChoiceField(CLAIM_STATUSES, source="content.status")


class ClaimNoteSerializer(serializers.Serializer[Any]):
    """Something said about a claim."""

    side = serializers.SerializerMethodField()
    status = serializers.CharField(help_text="The status that it explains; empty for a message that changed none.")
    text = serializers.CharField()
    written_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(SIDES))
    def get_side(self, note: Any) -> str:
        """Who said it."""
        return side_of(note.written_by, note.claim.contract)


class HouseholdSerializer(FactSerializer):
    """A carer household."""

    prefix = "hou"
    assessed_by = serializers.ChoiceField(ASSESSORS, source="content.assessed_by")
    panel_approved = serializers.DateField(source="content.panel_approved", allow_null=True)


class ExtraCostSerializer(FactSerializer):
    """A weekly amount paid for a child beside the placement, net of what partners pay."""

    prefix = "xco"
    child = serializers.CharField(source="content.child")
    category = serializers.ChoiceField(EXTRA_COST_KINDS, source="content.category")
    start = serializers.DateField(source="content.start")
    until = serializers.DateField(source="content.until")
    weekly = PenceField(source="content.weekly_pence")


class ExpenseSerializer(FactSerializer):
    """Travel of family support workers."""

    prefix = "exp"
    day = serializers.DateField(source="content.day")
    category = serializers.CharField(source="content.category")
    amount = PenceField(source="content.amount_pence")
    description = serializers.CharField(source="content.description")


class FactsQuery(PageQuery):
    """Which facts of a contract, and as known when."""

    contract = IdField("con")
    known_at = serializers.DateTimeField(required=False, help_text="As it was known then; now, if left out.")
    changed_since = serializers.DateTimeField(required=False, help_text="Recorded then or later.")
    reference = serializers.CharField(required=False, max_length=1000)
    include_retracted = serializers.BooleanField(required=False, help_text="Also those that were retracted.")


class PlacementsQuery(FactsQuery):
    """Which placements."""

    child = serializers.CharField(required=False, max_length=1000, help_text="By reference.")
    household = serializers.CharField(required=False, max_length=1000, help_text="By reference.")
    setting = serializers.ChoiceField(SETTINGS, required=False)


class ClaimsQuery(FactsQuery):
    """Which claims."""

    placement = serializers.CharField(required=False, max_length=1000, help_text="By reference.")
    status = serializers.ChoiceField(CLAIM_STATUSES, required=False)


class HouseholdsQuery(FactsQuery):
    """Which households."""

    assessed_by = serializers.ChoiceField(ASSESSORS, required=False)


class ExtraCostsQuery(FactsQuery):
    """Which extra costs."""

    child = serializers.CharField(required=False, max_length=1000, help_text="By reference.")
    category = serializers.ChoiceField(EXTRA_COST_KINDS, required=False)


class ExpensesQuery(FactsQuery):
    """Which expenses."""

    category = serializers.CharField(required=False, max_length=1000)
    day_from = serializers.DateField(required=False, help_text="On this day or later.")
    day_before = serializers.DateField(required=False, help_text="Before this day.")
