"""Asking for the facts as they were known on an earlier day, and for a part of the cohort."""

from typing import Any

from django import forms

from cohort.forms.ground import choice_field
from pbr_ledger.forms import DayField, LedgerForm


class KnownOnForm(LedgerForm):
    """The day at whose end the facts are read."""

    on = DayField(label="Show what was known on", missing="Enter the date as at which you want to see what was known")


class CohortFilterForm(LedgerForm):
    """Which children of the cohort are shown, and on which day; today where it is left empty."""

    show = choice_field(
        label="Show", choices=[], missing="Choose which children to show", required=False, widget=forms.Select
    )

    on = forms.DateField(
        label="As they lived on",
        required=False,
        error_messages={"invalid": "Enter the day on which the children lived there, like 2026-03-31"},
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["show"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
