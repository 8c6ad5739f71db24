"""A child of the cohort: added, and corrected."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from cohort.core.facts import Child, Fact, Placement, Rate, Retraction
from cohort.core.suggestions import child_suggested, placement_suggested
from cohort.forms.ground import (
    NO_NAMES,
    FactForm,
    block_contract_field,
    choice_field,
    contribution_field,
    pence_or_nothing,
    reference_field,
)
from pbr_ledger.forms import DayField, MoneyField
from pbr_ledger.money import pence_of
from pbr_ledger.words import day_shown

LIVES_IN = (
    ("residential", "A registered children’s home"),
    ("unregistered", "A place that is not registered"),
    ("", "Record where the child lives later"),
)


class NewChildForm(FactForm):
    """A child that joins the cohort, with its baseline, and where it lives if that is known."""

    reference = reference_field(
        label="Reference of the child", missing="Enter the child’s reference", help_text=NO_NAMES
    )
    joined = DayField(label="Joined the cohort on", missing="Enter the date on which the child joined the cohort")
    baseline = MoneyField(
        label="Baseline a week",
        missing="Enter the weekly price of residential care that savings are measured against",
        help_text="The weekly price of residential care that the child’s savings are measured against.",
    )
    contribution = contribution_field()
    setting = choice_field(
        label="Where the child lives now", choices=LIVES_IN, missing="Choose where the child lives", required=False
    )
    since = DayField(label="Lives there since", required=False, help_text="Needed where you say where the child lives.")
    weekly = MoneyField(
        label="What the place costs a week",
        required=False,
        help_text="Leave empty where it is the baseline, with the same contribution of partners.",
    )
    block_contract = block_contract_field()
    places: ClassVar = {
        "facts[0].id": "reference",
        "facts[0].baseline[0].contribution": "contribution",
        "facts[0].baseline*": "baseline",
        "facts[1].costs[0].contribution": "contribution",
        "facts[1].costs*": "weekly",
        "facts[1].from": "since",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("reference", child_suggested(self.ground.taken["child"]))
        self.initial.setdefault("setting", "residential")

    def clean(self) -> None:
        """A reference that is free; and where the child lives since when, if at all."""
        self.refuse_taken("reference", "child")
        if self.cleaned_data.get("setting") and "since" not in self.errors and not self.cleaned_data.get("since"):
            self.add_error("since", "Enter the date since which the child lives there")

    def facts(self) -> Sequence[Fact | Retraction]:
        """The child, and its placement where one is given."""
        said = self.cleaned_data
        contribution = pence_or_nothing(said["contribution"])
        baseline = pence_of(said["baseline"])
        child = Child(said["reference"], said["joined"], None, (Rate(said["joined"], baseline, contribution),))
        if not said["setting"]:
            return [child]
        if said["weekly"] is None:
            cost = Rate(said["since"], baseline, contribution)
        else:
            cost = Rate(said["since"], pence_of(said["weekly"]))
        reference = placement_suggested(child.id, said["setting"], self.ground.taken["placement"])
        where = (said["setting"], said["since"], None, None, None, (cost,))
        return [child, Placement(reference, child.id, *where, block_contract=said["block_contract"])]


class ChildCorrectionForm(FactForm):
    """When the child joined and left; the baseline stays."""

    joined = DayField(label="Joined the cohort on", missing="Enter the date on which the child joined the cohort")
    left = DayField(
        label="Left the cohort on (optional)",
        required=False,
        help_text="The first night that no longer counts, on the eighteenth birthday for example. "
        "Leave empty while the child is in the cohort.",
    )
    places: ClassVar = {"facts[0].left": "left", "facts[0].baseline*": "joined"}

    def __init__(self, *args: Any, child: Child, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child = child
        self.initial.update(joined=child.joined, left=child.left)

    def clean(self) -> None:
        """A child leaves after it joined, and joins with a baseline."""
        self.require_after("left", self.cleaned_data.get("joined"), "when the child joined")
        joined, first = self.cleaned_data.get("joined"), self.child.baseline[0].start
        if joined and joined < first:
            self.add_error("joined", f"Joined the cohort on: the baseline is known only from {day_shown(first)}")

    def facts(self) -> Sequence[Fact | Retraction]:
        """The child as corrected."""
        return [replace(self.child, joined=self.cleaned_data["joined"], left=self.cleaned_data["left"])]
