"""What is filled in to issue, hold and release an invoice, and to look for one."""

from typing import Any

from django import forms

from invoicing.pages.words import STATUSES
from pbr_ledger.forms import LedgerForm

LONGEST_REASON = 2000


class IssueForm(LedgerForm):
    """The provider's own reference, if it has one."""

    provider_reference = forms.CharField(
        label="Your own reference (optional)",
        help_text="It is printed on the invoice. Never write anything about a child or a carer here.",
        required=False,
        max_length=50,
        error_messages={"max_length": "Your reference must be 50 characters or fewer"},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )


class ReasonForm(LedgerForm):
    """Why something is done. `label` asks for it; `missing`, what is said where it is left empty, makes it required."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Enter the reason",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, label: str, missing: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text, field.required = label, hint, bool(missing)
        field.error_messages["required"] = missing


class ConfirmForm(LedgerForm):
    """Nothing to fill in: the button alone."""


class StatusForm(LedgerForm):
    """Which invoices to show."""

    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "All"), *((status, words) for status, (words, _) in STATUSES.items())],
        error_messages={"invalid_choice": "Choose a status from the list"},
    )
