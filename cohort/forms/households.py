"""Forms about carer households: adding one, panel's approval, and corrections."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from cohort.core.facts import Fact, Household, Retraction
from cohort.forms.ground import FactForm
from pbr_ledger.forms import DayField

NOT_A_NAME = "A reference such as H12, never a carer’s name: the council keeps the key to names elsewhere."
ASSESSED_BY = (("provider", "The provider"), ("council", "The council"))


def _reference(taken: frozenset[str]) -> str:
    """The next reference that no household ever had: `H07`."""
    number = len(taken) + 1
    while f"H{number:02d}" in taken:
        number += 1
    return f"H{number:02d}"


class AddHouseholdForm(FactForm):
    """A household that somebody assessed; staff of the provider add only those that the provider assessed."""

    reference = forms.CharField(
        label="Reference",
        help_text=NOT_A_NAME,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a reference", "max_length": "A reference has at most 100 characters"},
    )
    assessed_by = forms.ChoiceField(
        label="Who assessed the household?",
        choices=ASSESSED_BY,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say who assessed the household",
            "invalid_choice": "Say who assessed the household",
        },
    )
    panel_approved = DayField(
        label="Approved by panel on (optional)", help_text="Leave empty until panel has approved it.", required=False
    )
    places = {"facts[0].id": "reference", "facts[0].assessed_by": "assessed_by"}

    def __init__(self, *args: Any, taken: frozenset[str], provider_only: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken
        self.initial.setdefault("reference", _reference(taken))
        if provider_only:
            del self.fields["assessed_by"]

    def clean_reference(self) -> str:
        """A reference that is not in use: recording it would correct another household."""
        reference = str(self.cleaned_data["reference"]).strip()
        if reference in self.taken:
            raise forms.ValidationError(f"{reference} is in use already")
        return reference

    def facts(self) -> Sequence[Fact | Retraction]:
        """The household that is added."""
        said = self.cleaned_data
        return [Household(said["reference"], said.get("assessed_by", "provider"), said["panel_approved"])]


class PanelForm(FactForm):
    """The date on which panel approved the household."""

    panel_approved = DayField(
        label="Approved by panel on", missing="Enter the date on which panel approved the household"
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = household
        self.initial["panel_approved"] = household.panel_approved

    def facts(self) -> Sequence[Fact | Retraction]:
        """The household with panel's approval."""
        return [replace(self.before, panel_approved=self.cleaned_data["panel_approved"])]


class CorrectHouseholdForm(FactForm):
    """Both things that are known of a household."""

    assessed_by = forms.ChoiceField(
        label="Who assessed the household?",
        choices=ASSESSED_BY,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say who assessed the household",
            "invalid_choice": "Say who assessed the household",
        },
    )
    panel_approved = DayField(
        label="Approved by panel on (optional)",
        help_text="Leave empty where panel has not approved it.",
        required=False,
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = household
        self.initial.update(assessed_by=household.assessed_by, panel_approved=household.panel_approved)

    def facts(self) -> Sequence[Fact | Retraction]:
        """The household as corrected."""
        said = self.cleaned_data
        return [Household(self.before.id, said["assessed_by"], said["panel_approved"])]
