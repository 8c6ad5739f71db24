"""An endpoint: its address, what it is for, and which events it wants."""

from typing import Any

from django import forms

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.forms import LedgerForm
from pbr_ledger.webhooks.addresses import LONGEST_URL
from pbr_ledger.webhooks.events import kinds_for
from pbr_ledger.webhooks.services.endpoints import LONGEST_DESCRIPTION


class EndpointForm(LedgerForm):
    """What somebody says of an endpoint."""

    url = forms.CharField(
        label="Address",
        help_text="Where the receiver listens: https:// and a name on the public internet.",
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        error_messages={
            "required": "Enter the address",
            "max_length": f"Use at most {LONGEST_URL} characters",
            "null_characters_not_allowed": "Use plain characters",
        },
    )
    description = forms.CharField(
        label="What it is for",
        help_text="For whoever reads the list. It may be empty.",
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "max_length": f"Use at most {LONGEST_DESCRIPTION} characters",
            "null_characters_not_allowed": "Use plain characters",
        },
    )
    events = forms.MultipleChoiceField(
        label="What it is told of",
        help_text="A message says which row to read, and nothing of its content.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one", "invalid_choice": "Choose from the list"},
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.name, f"{each.name}: {each.description}") for each in kinds_for(organisation.kind)]
        self.fields["events"].choices = choices  # type: ignore[attr-defined]
