"""The name under which somebody keeps a filter of a list."""

from django import forms

from pbr_ledger.forms import LedgerForm

LONGEST_NAME = 60


class FilterNameForm(LedgerForm):
    """What the filter is called."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="Only you see it, as a link above the list.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter a name for the filter",
            "max_length": f"Use at most {LONGEST_NAME} characters",
        },
    )
