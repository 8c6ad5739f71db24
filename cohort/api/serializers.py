"""What the API says of each kind of fact. Ids are the parties' own references; amounts are pounds a week."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from cohort.core.facts import (
    ASSESSORS,
    CLAIM_STATUSES,
    ENDINGS,
    EXTRA_COST_KINDS,
    SETTINGS,
)
from pbr_ledger.clients.api.serializers import IdField, MoneyField, StrictSerializer
from pbr_ledger.money import pounds_of


class PenceField(MoneyField):
    """Gives pence as pounds with two decimals."""

    def to_representation(self, pence: Any) -> str:
        """The amount."""
        amount: Decimal = pounds_of(pence)
        return super().to_representation(amount)


class FactsQuery(StrictSerializer):
    """Of which contract, and as known when."""

    contract = IdField("con")
    known_at = serializers.DateTimeField(required=False, help_text="As it was known then; now, if left out.")


class RateSerializer(serializers.Serializer[Any]):
    """A price from a date until the next one begins."""

    start = serializers.DateField()
    weekly = PenceField(source="weekly_pence")
    contribution = PenceField(source="contribution_pence", help_text="What of it partners pay.")


class ChildSerializer(serializers.Serializer[Any]):
    """A child of the cohort, by reference."""

    id = serializers.CharField()
    joined = serializers.DateField()
    left = serializers.DateField(allow_null=True)
    baseline = RateSerializer(many=True)


class PlacementSerializer(serializers.Serializer[Any]):
    """Where a child lives, and at what price. `until` is the first night that is not covered."""

    id = serializers.CharField()
    child = serializers.CharField()
    setting = serializers.ChoiceField(SETTINGS)
    start = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    ended = serializers.ChoiceField(ENDINGS, allow_null=True)
    household = serializers.CharField(allow_null=True)
    costs = RateSerializer(many=True)


class ClaimSerializer(serializers.Serializer[Any]):
    """The provider's claim that a placement is a transition."""

    id = serializers.CharField()
    placement = serializers.CharField()
    status = serializers.ChoiceField(CLAIM_STATUSES)


class HouseholdSerializer(serializers.Serializer[Any]):
    """A carer household."""

    id = serializers.CharField()
    assessed_by = serializers.ChoiceField(ASSESSORS)
    panel_approved = serializers.DateField(allow_null=True)


class ExtraCostSerializer(serializers.Serializer[Any]):
    """A weekly amount paid for a child beside the placement."""

    id = serializers.CharField()
    child = serializers.CharField()
    category = serializers.ChoiceField(EXTRA_COST_KINDS)
    start = serializers.DateField()
    until = serializers.DateField()
    weekly = PenceField(source="weekly_pence")


class ExpenseSerializer(serializers.Serializer[Any]):
    """Travel of family support workers."""

    id = serializers.CharField()
    day = serializers.DateField()
    category = serializers.CharField()
    amount = PenceField(source="amount_pence")
    description = serializers.CharField()
