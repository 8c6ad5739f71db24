"""What the API takes of facts, and the words in which it says what is wrong with it.

A correction gives the whole of what the fact says, so that nothing goes by being left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from cohort.api.reading import BLOCK_CONTRACT
from cohort.core.facts import (
    ASSESSORS,
    ENDINGS,
    EXTRA_COST_KINDS,
    SETTINGS,
    Child,
    Expense,
    ExtraCost,
    Fact,
    Household,
    Placement,
    Rate,
)
from cohort.models.claims import LONGEST_TEXT
from pbr_ledger.clients.api.serializers import AmountField, IdField, StrictSerializer, YesOrNoField
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.money import pence_of

LONGEST_REFERENCE = 100
LONGEST_DESCRIPTION = 500
MOST_RATES = 200
_OUR_NAMES = {"from": "start", "kind": "category", "date": "day", "id": "reference"}
"""What a scenario file calls by another name than the API."""


class RateToRecord(StrictSerializer):
    """A price from a date until the next one begins."""

    start = serializers.DateField()
    weekly = AmountField()
    contribution = AmountField(default=Decimal(0), help_text="What of it partners pay.")


def _rates() -> "serializers.ListSerializer[Any]":
    return serializers.ListSerializer(child=RateToRecord(), min_length=1, max_length=MOST_RATES)


def _read(rates: list[dict[str, Any]]) -> tuple[Rate, ...]:
    return tuple(Rate(each["start"], pence_of(each["weekly"]), pence_of(each["contribution"])) for each in rates)


class FactContent(StrictSerializer):
    """What a fact says, whole."""

    def fact(self, reference: str) -> Fact:
        """The fact of this reference, from what was sent and found well-formed."""
        raise NotImplementedError

    def corrected(self, before: Fact) -> Fact:
        """The fact in place of the one before."""
        return self.fact(before.id)


class ToRecord(StrictSerializer):
    """Where a new fact goes: its contract, and the reference by which people know it."""

    contract = IdField("con")
    reference = serializers.CharField(max_length=LONGEST_REFERENCE, help_text="Yours, never a name.")


class ChildContent(FactContent):
    """When a child is in the cohort, and its baseline. `left` is the first night that no longer counts."""

    joined = serializers.DateField()
    left = serializers.DateField(allow_null=True)
    baseline = _rates()

    def fact(self, reference: str) -> Fact:
        """The child."""
        said = self.validated_data
        return Child(reference, said["joined"], said["left"], _read(said["baseline"]))


class PlacementContent(FactContent):
    """Where a child lives, and at what price. `until` is the first night that is not covered."""

    child = serializers.CharField(max_length=1000, help_text="By reference.")
    setting = serializers.ChoiceField(SETTINGS)
    start = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    ended = serializers.ChoiceField(ENDINGS, allow_null=True)
    household = serializers.CharField(max_length=1000, allow_null=True, help_text="By reference.")
    costs = _rates()
    block_contract = YesOrNoField(
        required=False, help_text=f"{BLOCK_CONTRACT} Left out: no, and in a correction as before."
    )

    def fact(self, reference: str) -> Fact:
        """The placement."""
        said = self.validated_data
        return Placement(
            id=reference,
            child=said["child"],
            setting=said["setting"],
            start=said["start"],
            until=said["until"],
            ended=said["ended"],
            household=said["household"],
            costs=_read(said["costs"]),
            block_contract=said.get("block_contract", False),
        )

    def corrected(self, before: Fact) -> Fact:
        """The placement; a program that does not know of block contracts leaves that as it stands."""
        after = super().corrected(before)
        is_left_out = "block_contract" not in self.validated_data
        if is_left_out and isinstance(after, Placement) and isinstance(before, Placement):
            return replace(after, block_contract=before.block_contract)
        return after


class HouseholdContent(FactContent):
    """Who assessed a household, and when panel approved it."""

    assessed_by = serializers.ChoiceField(ASSESSORS)
    panel_approved = serializers.DateField(allow_null=True)

    def fact(self, reference: str) -> Fact:
        """The household."""
        said = self.validated_data
        return Household(reference, said["assessed_by"], said["panel_approved"])


class ExtraCostContent(FactContent):
    """A weekly amount paid for a child beside the placement, net of what partners pay."""

    child = serializers.CharField(max_length=1000, help_text="By reference.")
    category = serializers.ChoiceField(EXTRA_COST_KINDS)
    start = serializers.DateField()
    until = serializers.DateField()
    weekly = AmountField()

    def fact(self, reference: str) -> Fact:
        """The extra cost."""
        said = self.validated_data
        weekly = pence_of(said["weekly"])
        return ExtraCost(reference, said["child"], said["category"], said["start"], said["until"], weekly)


class ExpenseContent(FactContent):
    """Travel of family support workers."""

    day = serializers.DateField()
    category = serializers.CharField(max_length=LONGEST_REFERENCE, help_text="`mileage`, `travel` or `other`.")
    amount = AmountField()
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, help_text="Never a name.")

    def fact(self, reference: str) -> Fact:
        """The expense."""
        said = self.validated_data
        return Expense(reference, said["day"], said["category"], pence_of(said["amount"]), said["description"])


class ChildToRecord(ToRecord, ChildContent):
    """A child that joins the cohort."""


class PlacementToRecord(ToRecord, PlacementContent):
    """A new placement."""


class HouseholdToRecord(ToRecord, HouseholdContent):
    """A new household."""


class ExtraCostToRecord(ToRecord, ExtraCostContent):
    """A new extra cost."""


class ExpenseToRecord(ToRecord, ExpenseContent):
    """A new expense."""


class Breakdown(StrictSerializer):
    """When a placement broke down: the first night elsewhere."""

    until = serializers.DateField()


class ClaimToSubmit(StrictSerializer):
    """The placement that is a transition, and what shows it."""

    contract = IdField("con")
    placement = serializers.CharField(max_length=1000, help_text="By reference.")
    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="Never a name.")


class Reason(StrictSerializer):
    """Why."""

    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="Never a name.")


class Remark(StrictSerializer):
    """What is said with it, if anything."""

    text = serializers.CharField(max_length=LONGEST_TEXT, default="", allow_blank=True, help_text="Never a name.")


@contextmanager
def places_in_the_body() -> Iterator[None]:
    """What a service refuses of the one fact it was given, at its place in the body."""
    try:
        yield
    except Refused as refusal:
        raise Refused([Problem(_in_body(each.place), each.message) for each in refusal.problems]) from refusal


def _in_body(place: str) -> str:
    path, _, last = place.removeprefix("facts[0]").removeprefix(".").rpartition(".")
    return ".".join(part for part in (path, _OUR_NAMES.get(last, last)) if part)
