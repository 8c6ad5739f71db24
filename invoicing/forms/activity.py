"""What is filled in to look for events in the activity log."""

from collections.abc import Sequence
from typing import Any

from django import forms

from invoicing.pages.activity_words import action_words
from invoicing.queries.activity import Wanted
from pbr_ledger.forms import LedgerForm


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        error_messages={"invalid": f"{label}: enter a date, like 2026-03-31"},
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
    )


class ActivityForm(LedgerForm):
    """Which events: of what kind, by whom, since and until which day. Empty fields ask for everything."""

    since = _day("From")
    until = _day("To")

    def __init__(self, *args: Any, actions: Sequence[str], people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((action, action_words(action)) for action in actions), key=lambda each: each[1])
        self.fields["action"] = forms.ChoiceField(
            label="What",
            required=False,
            choices=[("", "Everything"), *named],
            error_messages={"invalid_choice": "Choose from the list what was done"},
        )
        self.fields["person"] = forms.TypedChoiceField(
            label="Who",
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", "Everybody"), *people],
            error_messages={"invalid_choice": "Choose a person from the list"},
        )
        self.order_fields(["action", "person", "since", "until"])

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "To: enter the same day as From, or a later one")
        return self.cleaned_data

    @property
    def wanted(self) -> Wanted:
        """What is asked for; everything where the form is wrong."""
        if not self.is_valid():
            return Wanted()
        return Wanted(**{name: self.cleaned_data[name] for name in ("action", "person", "since", "until")})
