"""Extra costs: what the council still pays for a child beside the placement."""

from collections.abc import Sequence
from typing import Any, ClassVar

from cohort.core.facts import ExtraCost, Fact, Retraction
from cohort.core.suggestions import extra_cost_suggested
from cohort.forms.ground import NO_NAMES, FactForm, choice_field, reference_field
from pbr_ledger.forms import DayField, MoneyField
from pbr_ledger.money import pence_of, pounds_of

CATEGORIES = (
    ("notice", "Notice: a home is still paid after the child has left"),
    ("retainer", "Retainer: a place is kept open for the child"),
    ("support", "Support beside a family placement"),
)


class ExtraCostForm(FactForm):
    """What an extra cost is for, when, and how much."""

    category = choice_field(label="What for", choices=CATEGORIES, missing="Choose what the council pays for")
    start = DayField(label="First night that is paid", missing="Enter the date of the first night that is paid")
    until = DayField(
        label="First night that is no longer paid",
        missing="Enter the date of the first night that is no longer paid",
    )
    weekly = MoneyField(
        label="What it costs a week",
        missing="Enter what it costs a week",
        help_text="What the council itself pays, less what partners pay. It is taken off the child’s savings.",
    )
    places: ClassVar = {
        "facts[0].id": "reference",
        "facts[0].kind": "category",
        "facts[0].until": "until",
        "facts[0].weekly": "weekly",
    }

    def clean(self) -> None:
        """It ends after it began."""
        self.require_after("until", self.cleaned_data.get("start"), "the first night that is paid")

    def extra_cost(self, reference: str, child: str) -> ExtraCost:
        """The extra cost as filled in."""
        said = self.cleaned_data
        return ExtraCost(reference, child, said["category"], said["start"], said["until"], pence_of(said["weekly"]))


class NewExtraCostForm(ExtraCostForm):
    """An extra cost that was not recorded before."""

    reference = reference_field(
        label="Reference (optional)", help_text=f"Leave empty to take the next free one. {NO_NAMES}"
    )

    def __init__(self, *args: Any, child: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child = child

    def clean(self) -> None:
        """A reference that is free too."""
        super().clean()
        self.refuse_taken("reference", "extra_cost")

    def facts(self) -> Sequence[Fact | Retraction]:
        """The extra cost."""
        category, taken = self.cleaned_data["category"], self.ground.taken["extra_cost"]
        reference = self.cleaned_data["reference"] or extra_cost_suggested(self.child, category, taken)
        return [self.extra_cost(reference, self.child)]


class ExtraCostCorrectionForm(ExtraCostForm):
    """An extra cost with everything that can be corrected filled in."""

    def __init__(self, *args: Any, extra_cost: ExtraCost, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = extra_cost
        self.initial.update(
            category=extra_cost.category,
            start=extra_cost.start,
            until=extra_cost.until,
            weekly=pounds_of(extra_cost.weekly_pence),
        )

    def facts(self) -> Sequence[Fact | Retraction]:
        """The extra cost as corrected."""
        return [self.extra_cost(self.before.id, self.before.child)]
