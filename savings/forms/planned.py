"""Forms of planned changes, one for each kind."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cohort.core.facts import KnownFacts
from cohort.core.suggestions import child_suggested, claim_suggested, placement_suggested
from cohort.core.terms import Terms
from cohort.forms.ground import NO_NAMES, SETTING_CHOICES, choice_field, contribution_field, reference_field
from cohort.forms.ground import pence_or_nothing as pence
from cohort.forms.terms import TermsForm
from pbr_ledger.forms import DayField, LedgerForm, MoneyField
from pbr_ledger.money import pence_of
from pbr_ledger.words import day_shown, setting_shown
from savings.core.what_if.changes import (
    OF_BASELINE,
    OF_PLACEMENT,
    Breakdown,
    Change,
    Joining,
    Leaving,
    Move,
    OtherTerms,
    Price,
)
from savings.forms.scenarios import seen_field

NO_HOUSEHOLD = ("", "No household")
FOUND = "+"
FOUND_HOUSEHOLD = (FOUND, "A household that the provider finds, approved by panel by then")


class PlanForm(LedgerForm):
    """A form that stands for a planned change, beside what is known and planned already."""

    seen = seen_field()

    def __init__(self, *args: Any, known: KnownFacts, taken: Mapping[str, Collection[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.taken = {kind: {*taken.get(kind, ()), *known.of_kind(kind)} for kind in ("child", "placement", "claim")}
        self.taken["household"] = {*taken.get("household", ()), *known.households}

    def change(self) -> Change:
        """The planned change that the form, found valid, stands for."""
        raise NotImplementedError

    def offer(self, field: str, choices: Collection[tuple[str, str]]) -> None:
        """Let people choose among these."""
        chooser = self.fields[field]
        if isinstance(chooser, forms.ChoiceField):
            chooser.choices = [("", "Choose one"), *choices]


def chooser(*, label: str, missing: str, **options: Any) -> forms.ChoiceField:
    """A list to choose from, whose entries the form fills in."""
    return choice_field(label=label, choices=(), missing=missing, widget=forms.Select, **options)


def weekly_field(label: str = "What it costs a week") -> MoneyField:
    """A weekly amount."""
    return MoneyField(label=label, missing="Enter the amount a week")


class PlanMoveForm(PlanForm):
    """A child moves; into a family setting, its claim is taken as agreed."""

    child = chooser(label="Child", missing="Choose the child who moves")
    start = DayField(label="First night in the new place", missing="Enter the date of the first night in the new place")
    setting = choice_field(
        label="Where the child moves to", choices=SETTING_CHOICES, missing="Choose where the child moves to"
    )
    weekly = weekly_field()
    contribution = contribution_field()
    household = chooser(
        label="Carer household (optional)",
        missing="Choose one of the households",
        required=False,
        help_text="A carer fee can fall due for a household that the provider finds.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("child", [(child, child) for child in sorted(self.known.children)])
        households = [(reference, reference) for reference in sorted(self.known.households)]
        self.fields["household"].choices = [NO_HOUSEHOLD, FOUND_HOUSEHOLD, *households]  # type: ignore[attr-defined]

    def change(self) -> Change:
        """The move, under references that nothing has yet."""
        said = self.cleaned_data
        found = said["household"] == FOUND
        household = next_household(self.taken["household"]) if found else said["household"] or None
        return Move(
            child=said["child"],
            start=said["start"],
            setting=said["setting"],
            weekly_pence=pence_of(said["weekly"]),
            contribution_pence=pence(said["contribution"]),
            household=household,
            household_found=found,
            placement=placement_suggested(said["child"], said["setting"], self.taken["placement"]),
            claim=claim_suggested(said["child"], self.taken["claim"]),
        )


def next_household(taken: Collection[str]) -> str:
    """The next free reference of a household: `H07`."""
    numbers = (f"H{number:02d}" for number in range(1, len(taken) + 2))
    return next(number for number in numbers if number not in taken)


class PlanBreakdownForm(PlanForm):
    """A placement breaks down."""

    placement = chooser(label="Placement", missing="Choose the placement that breaks down")
    until = DayField(
        label="First night elsewhere",
        missing="Enter the date of the first night elsewhere",
        help_text="The night of this date no longer counts for the placement.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = (each for each in self.known.placements.values() if each.until is None)
        claimed = {claim.placement for claim in self.known.claims.values() if claim.status == "agreed"}
        self.offer(
            "placement",
            [
                (each.id, f"{each.id}: {setting_shown(each.setting)}, since {day_shown(each.start)}")
                for each in sorted(running, key=lambda each: each.id)
                if each.id in claimed
            ],
        )

    def change(self) -> Change:
        """The breakdown."""
        return Breakdown(self.cleaned_data["placement"], self.cleaned_data["until"])


class PlanPriceForm(PlanForm):
    """A placement or a baseline costs something else from a date on."""

    what = chooser(label="Price of", missing="Choose the placement or the baseline")
    start = DayField(label="From", missing="Enter the date from which the new price holds")
    weekly = weekly_field("What it is a week")
    contribution = contribution_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = sorted(each.id for each in self.known.placements.values() if each.until is None)
        baselines = [(f"{OF_BASELINE} {child}", f"Baseline of {child}") for child in sorted(self.known.children)]
        self.offer("what", [*((f"{OF_PLACEMENT} {each}", f"Placement {each}") for each in running), *baselines])

    def change(self) -> Change:
        """The new price."""
        said = self.cleaned_data
        of, _, reference = said["what"].partition(" ")
        return Price(of, reference, said["start"], pence_of(said["weekly"]), pence(said["contribution"]))


class PlanJoiningForm(PlanForm):
    """A child joins the cohort from residential care."""

    child = reference_field(
        label="Reference of the child", missing="Enter a reference for the child", help_text=NO_NAMES
    )
    joined = DayField(label="First night in the cohort", missing="Enter the date of the first night in the cohort")
    weekly = weekly_field("What its residential home costs a week")
    contribution = contribution_field(help_text="What health or education pay of it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("child", child_suggested(self.taken["child"]))

    def clean_child(self) -> str:
        """A reference that no child has."""
        child: str = self.cleaned_data["child"]
        if child in self.taken["child"]:
            raise ValidationError(f"{child} is in use already")
        return child

    def change(self) -> Change:
        """The child with its home, whose price is its baseline."""
        said = self.cleaned_data
        placement = placement_suggested(said["child"], "residential", self.taken["placement"])
        weekly = pence_of(said["weekly"])
        return Joining(said["child"], said["joined"], weekly, pence(said["contribution"]), placement)


class PlanLeavingForm(PlanForm):
    """A child leaves the cohort."""

    child = chooser(label="Child", missing="Choose the child who leaves")
    left = DayField(
        label="First night outside the cohort", missing="Enter the date of the first night outside the cohort"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staying = sorted(child.id for child in self.known.children.values() if child.left is None)
        self.offer("child", [(child, child) for child in staying])

    def change(self) -> Change:
        """That the child leaves."""
        return Leaving(self.cleaned_data["child"], self.cleaned_data["left"])


class PlanTermsForm(TermsForm):
    """Other terms: everything that a version says, but for the days to answer, on which no figure hangs."""

    groups = {
        heading: tuple(name for name in names if name != "response_days") for heading, names in TermsForm.groups.items()
    }
    seen = seen_field()

    def __init__(self, *args: Any, before: Terms | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before
        del self.fields["response_days"]
        self.fields["schedule"].help_text = "Clauses 3.1 and 3.2. Own amounts stay as they are while the fees do."

    def clean(self) -> dict[str, Any]:
        """As of terms that are recorded; own amounts only where there are some for the same fees."""
        self.cleaned_data["response_days"] = 0
        found = super().clean()
        if not self.errors and self.wants_rows and not self._amounts_fit():
            self.add_error("schedule", "Choose even accrual: there are no own amounts that add up to these fees")
        return found

    def _amounts_fit(self) -> bool:
        terms = self._terms(date.min)
        return self.before is not None and self.before.schedule is not None and self.before.cap_pence == terms.cap_pence

    def change(self) -> Change:
        """The terms, with the own amounts of those before where they stay."""
        terms = self._terms(date.min)
        schedule = self.before.schedule if self.before and self.wants_rows else None
        return OtherTerms(replace(terms, schedule=schedule))


PLANS: Mapping[str, Callable[..., PlanForm]] = {
    Move.kind: PlanMoveForm,
    Breakdown.kind: PlanBreakdownForm,
    Price.kind: PlanPriceForm,
    Joining.kind: PlanJoiningForm,
    Leaving.kind: PlanLeavingForm,
}
