"""Making a client of the API, and saying where it may come from."""

import re
from typing import Any

from django import forms

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.clients.scopes import SCOPES, scopes_for
from pbr_ledger.clients.services import LONGEST_NAME
from pbr_ledger.forms import LedgerForm

NETWORKS_HINT = (
    "One on each line, such as 203.0.113.0/24 or 203.0.113.7. From elsewhere it is turned away. Leave it empty if it "
    "may come from anywhere."
)


def networks_field() -> forms.CharField:
    """Networks, one on each line."""
    return forms.CharField(
        label="Addresses from which it may come",
        help_text=NETWORKS_HINT,
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": "Use at most 2,000 characters"},
    )


def networks_in(text: str) -> list[str]:
    """The networks that somebody has written, whatever stands between them."""
    return [each for each in re.split(r"[\s,;]+", text) if each]


class ClientForm(LedgerForm):
    """A new client: what it is called, what it may do, as what, and from where."""

    name = forms.CharField(
        label="Name",
        help_text="What the program does: Payments run.",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter a name",
            "max_length": f"Use at most {LONGEST_NAME} characters",
            "null_characters_not_allowed": "Use plain characters",
        },
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        help_text="No more than it needs. To change this later, make another client and close this one.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one", "invalid_choice": "Choose from the list"},
    )
    roles = forms.MultipleChoiceField(
        label="As what it acts",
        help_text="It can do what both this and the list above permit. Webhooks need no role.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list"},
    )
    networks = networks_field()

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = organisation.kind
        scopes = [(name, f"{name}: {SCOPES[name].description}") for name in scopes_for(kind)]
        roles = [(role.key, role.name) for role in ROLES.values() if kind in role.kinds and role.key != "administrator"]
        self.fields["scopes"].choices = scopes  # type: ignore[attr-defined]
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """What the service takes."""
        return {**self.cleaned_data, "networks": networks_in(self.cleaned_data["networks"])}


class NetworksForm(LedgerForm):
    """From where a client may come."""

    networks = networks_field()

    @property
    def wanted(self) -> list[str]:
        """The networks."""
        return networks_in(self.cleaned_data["networks"])
