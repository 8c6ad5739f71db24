"""Placements: a move, a breakdown, a new price, a correction."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

from django import forms

from cohort.core.facts import Claim, Fact, Placement, Rate, Retraction
from cohort.core.moves import broken_down, moved, repriced, running_placement
from cohort.core.suggestions import claim_suggested, placement_suggested
from cohort.forms.ground import (
    CONTRIBUTION,
    NO_NAMES,
    SETTING_CHOICES,
    FactForm,
    block_contract_field,
    choice_field,
    contribution_field,
    pence_or_nothing,
    reference_field,
)
from pbr_ledger.forms import DayField, MoneyField
from pbr_ledger.money import pence_of, pounds_of
from pbr_ledger.words import day_shown

NO_HOUSEHOLD = ("", "No household")
ENDING_CHOICES = (("", "It has not ended"), ("planned", "As planned"), ("breakdown", "It broke down"))


def household_field() -> forms.ChoiceField:
    """With which carer household the child lives; its choices are filled in by the form."""
    return choice_field(
        label="Carer household (optional)",
        choices=[NO_HOUSEHOLD],
        missing="Choose one of the households",
        required=False,
        widget=forms.Select,
        help_text="A carer fee can fall due for a household that the provider found.",
    )


class MoveForm(FactForm):
    """A move: ends the running placement as planned and begins the next, with its agreed claim if there is one."""

    start = DayField(label="First night in the new place", missing="Enter the date of the first night in the new place")
    setting = choice_field(
        label="Where the child moves to", choices=SETTING_CHOICES, missing="Choose where the child moves to"
    )
    weekly = MoneyField(label="What it costs a week", missing="Enter what the new place costs a week")
    contribution = contribution_field()
    household = household_field()
    reference = reference_field(
        label="Reference of the placement (optional)",
        help_text=f"Leave empty to take the next free one. {NO_NAMES}",
    )
    block_contract = block_contract_field()
    agreed = forms.BooleanField(
        label="The move is agreed with the provider as a transition",
        required=False,
        help_text="Records an agreed claim with it: savings count from the first night. Leave it out where the "
        "provider has still to claim.",
    )

    def __init__(self, *args: Any, child: str, baseline_is_agreed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child = child
        self.baseline_is_agreed = baseline_is_agreed
        self.running = running_placement(self.ground.known, child)
        offer_households(self)

    def clean(self) -> None:
        """A free reference, a day after the running placement began, and no agreed claim before its baseline."""
        self.refuse_taken("reference", "placement")
        if self.running:
            self.require_after("start", self.running.start, f"when placement {self.running.id} began")
        if self.cleaned_data.get("agreed") and not self.baseline_is_agreed:
            self.add_error(
                "agreed",
                f"Leave this out for now: the baseline of child {self.child} is not agreed by both sides yet. "
                "The claim can be agreed once it is",
            )

    def facts(self) -> Sequence[Fact | Retraction]:
        """The running placement ended, the new one, and the claim."""
        said = self.cleaned_data
        reference = said["reference"] or placement_suggested(
            self.child, said["setting"], self.ground.taken["placement"]
        )
        cost = Rate(said["start"], pence_of(said["weekly"]), pence_or_nothing(said["contribution"]))
        where = (said["setting"], said["start"], None, None, said["household"] or None, (cost,))
        new = Placement(reference, self.child, *where, block_contract=said["block_contract"])
        placements = moved(self.running, new)
        if not said["agreed"]:
            return placements
        return (*placements, Claim(claim_suggested(self.child, self.ground.taken["claim"]), new.id, "agreed"))

    def _field_of(self, place: str) -> str | None:
        """Dates of the running placement are those of the move; what is wrong with the claim stands at its box."""
        new = 0 if self.running is None else 1
        if place == "facts[0].until" and self.running is not None:
            return "start"
        return {
            f"facts[{new}].id": "reference",
            f"facts[{new}].from": "start",
            f"facts[{new}].household": "household",
            f"facts[{new}].costs[0].weekly": "weekly",
            f"facts[{new}].costs[0].contribution": "contribution",
            f"facts[{new + 1}].placement": "agreed",
        }.get(place, super()._field_of(place))


class BreakdownForm(FactForm):
    """When a running placement broke down."""

    until = DayField(
        label="First night elsewhere",
        missing="Enter the date of the first night elsewhere",
        help_text="The night of this date no longer counts for the placement.",
    )
    places: ClassVar = {"facts[0].until": "until", "facts[0].from": "until"}

    def __init__(self, *args: Any, placement: Placement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placement = placement

    def clean(self) -> None:
        """A day after the one on which the placement began."""
        self.require_after("until", self.placement.start, "when the placement began")

    def facts(self) -> Sequence[Fact | Retraction]:
        """The placement, broken down."""
        return [broken_down(self.placement, self.cleaned_data["until"])]


class PriceForm(FactForm):
    """What a placement costs from a date on."""

    start = DayField(label="From", missing="Enter the date from which the new price holds")
    weekly = MoneyField(label="What it costs a week", missing="Enter what the place costs a week")
    contribution = contribution_field()

    def __init__(self, *args: Any, placement: Placement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placement = placement

    def clean(self) -> None:
        """A price from a night that the placement has."""
        start, placement = self.cleaned_data.get("start"), self.placement
        if start and (start < placement.start or (placement.until and start >= placement.until)):
            self.add_error("start", f"From must be a night of the placement: {_nights_of(placement)}")

    def facts(self) -> Sequence[Fact | Retraction]:
        """The placement with the new price."""
        said = self.cleaned_data
        rate = Rate(said["start"], pence_of(said["weekly"]), pence_or_nothing(said["contribution"]))
        return [repriced(self.placement, rate)]

    def _field_of(self, place: str) -> str | None:
        return "contribution" if place.endswith(".contribution") else "weekly"


class PlacementCorrectionForm(FactForm):
    """Everything that was recorded of a placement."""

    setting = choice_field(label="Setting", choices=SETTING_CHOICES, missing="Choose the setting")
    start = DayField(label="First night", missing="Enter the date of the first night")
    until = DayField(
        label="First night elsewhere (optional)",
        required=False,
        help_text="Leave empty while the child lives there.",
    )
    ended = choice_field(
        label="How it ended", choices=ENDING_CHOICES, missing="Choose how the placement ended", required=False
    )
    household = household_field()
    block_contract = block_contract_field()
    places: ClassVar = {
        "facts[0].setting": "setting",
        "facts[0].from": "start",
        "facts[0].until": "until",
        "facts[0].ended": "ended",
        "facts[0].household": "household",
    }

    def __init__(self, *args: Any, placement: Placement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placement = placement
        offer_households(self, placement.household)
        for name in ("setting", "start", "until", "ended", "household", "block_contract"):
            self.initial.setdefault(name, getattr(placement, name))
        self.initial["ended"] = placement.ended or ""
        for number, rate in enumerate(placement.costs):
            self._add_rate(number, rate, is_one_of_several=len(placement.costs) > 1)

    def _add_rate(self, number: int, rate: Rate, *, is_one_of_several: bool) -> None:
        name = f"Price {number + 1}" if is_one_of_several else "Price"
        self.fields |= {
            f"from_{number}": DayField(label=f"{name} from", missing=f"{name}: enter the date from which it holds"),
            f"weekly_{number}": MoneyField(label=f"{name} a week", missing=f"{name}: enter what it is a week"),
            f"contribution_{number}": contribution_field(
                label=f"{name}, of which partners pay a week (optional)" if is_one_of_several else CONTRIBUTION,
                help_text="",
            ),
        }
        if is_one_of_several:
            dropped = forms.BooleanField(label=f"{name} was recorded in error: take it out", required=False)
            self.fields[f"drop_{number}"] = dropped
        amounts = {"weekly": rate.weekly_pence, "contribution": rate.contribution_pence}
        self.initial[f"from_{number}"] = rate.start
        self.initial.update({f"{part}_{number}": pounds_of(pence) for part, pence in amounts.items()})

    def clean(self) -> None:
        """How it ended is said where it has ended, and only there; and it ended after it began."""
        self.require_after("until", self.cleaned_data.get("start"), "the first night")
        until, ended = self.cleaned_data.get("until"), self.cleaned_data.get("ended")
        if until and not ended and "ended" not in self.errors:
            self.add_error("ended", "Choose how the placement ended")
        if ended and not until and "until" not in self.errors:
            self.add_error("until", "Enter the date of the first night elsewhere")
        for number, following in pairwise(self._staying()):
            self.require_after(
                f"from_{following}", self.cleaned_data.get(f"from_{number}"), "when the price before began"
            )

    def facts(self) -> Sequence[Fact | Retraction]:
        """The placement as corrected."""
        said = self.cleaned_data
        return [
            replace(
                self.placement,
                setting=said["setting"],
                start=said["start"],
                until=said["until"],
                ended=said["ended"] or None,
                household=said["household"] or None,
                costs=tuple(self._rates()),
                block_contract=said["block_contract"],
            )
        ]

    def _rates(self) -> list[Rate]:
        """The prices that stay. A first price goes back with the first night."""
        rates = [self._rate(number) for number in self._staying()]
        goes_back = self.cleaned_data["start"] < self.placement.start
        if rates and goes_back and rates[0].start == self.placement.start:
            rates[0] = replace(rates[0], start=self.cleaned_data["start"])
        return rates

    def _staying(self) -> list[int]:
        """The numbers of the prices that are not taken out."""
        return [number for number in range(len(self.placement.costs)) if not self.cleaned_data.get(f"drop_{number}")]

    def _rate(self, number: int) -> Rate:
        said = self.cleaned_data
        contribution = pence_or_nothing(said[f"contribution_{number}"])
        return Rate(said[f"from_{number}"], pence_of(said[f"weekly_{number}"]), contribution)

    def _field_of(self, place: str) -> str | None:
        """The field of a place; `facts[0].costs[1].weekly` is the second price that stays."""
        if not place.startswith("facts[0].costs"):
            return super()._field_of(place)
        rest = place.removeprefix("facts[0].costs")
        if not rest.startswith("["):
            return "from_0"
        number, _, part = rest[1:].partition("].")
        return f"{part}_{self._staying()[int(number)]}"


def _nights_of(placement: Placement) -> str:
    until = f", until {day_shown(placement.until)}" if placement.until else ""
    return f"it began on {day_shown(placement.start)}{until}"


def offer_households(form: FactForm, current: str | None = None) -> None:
    """Let people choose among the households that are known, and the one that stands there."""
    known = {*form.ground.known.households, *((current,) if current else ())}
    field = form.fields["household"]
    if isinstance(field, forms.ChoiceField):
        field.choices = [NO_HOUSEHOLD, *((reference, reference) for reference in sorted(known))]
