"""Keeping organisations: adding one, and correcting what is recorded of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify

from pbr_ledger.accounts.identifiers import SCHEME_NAMES
from pbr_ledger.accounts.roles import AGENT, COUNCIL, PROVIDER
from pbr_ledger.accounts.services import OrganisationDetails
from pbr_ledger.forms import LedgerForm

KINDS = ((PROVIDER, "Provider"), (AGENT, "Paying agent"), (COUNCIL, "Council"))
LONGEST_REFERENCE = 50


def _text(label: str, longest: int, help_text: str = "", **more: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **more}),
        error_messages={"max_length": f"Use at most {longest} characters"},
    )


def _name() -> forms.CharField:
    return forms.CharField(
        label="Name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the organisation’s name", "max_length": "Use at most 200 characters"},
    )


def _address() -> forms.CharField:
    return forms.CharField(
        label="Address (optional)",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"max_length": "Use at most 1,000 characters"},
        help_text="As it stands on invoices, one line below the other.",
    )


class NewOrganisationForm(LedgerForm):
    """An organisation to add."""

    places: ClassVar[Mapping[str, str]] = {"reference": "name"}
    name = _name()
    kind = forms.ChoiceField(
        label="Kind",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of organisation it is", "invalid_choice": "Choose one of these"},
    )
    address = _address()

    def clean_name(self) -> str:
        """The name, of which a short name in addresses can be made."""
        name: str = self.cleaned_data["name"]
        if not self._reference(name):
            raise forms.ValidationError("Use letters in the organisation’s name")
        return name

    @property
    def reference(self) -> str:
        """The organisation's short name in addresses and commands."""
        return self._reference(self.cleaned_data["name"])

    def _reference(self, name: str) -> str:
        return slugify(name)[:LONGEST_REFERENCE].strip("-")


class OrganisationForm(LedgerForm):
    """What documents say of an organisation."""

    places: ClassVar[Mapping[str, str]] = {}
    name = _name()
    address = _address()
    vat_number = _text("VAT number (optional)", 30, "Like GB 123 4567 82.")
    company_number = _text("Company number (optional)", 20, "As Companies House has it.")
    electronic_scheme = forms.ChoiceField(
        label="Kind of electronic address (optional)",
        required=False,
        choices=[("", "None"), *SCHEME_NAMES.items()],
        help_text="Where the organisation receives electronic invoices.",
        error_messages={"invalid_choice": "Choose one of these"},
    )
    electronic_identifier = _text("Electronic address (optional)", 50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = self.initial.get("electronic_scheme", "")
        if scheme and scheme not in SCHEME_NAMES:  # recorded from a shell: any code of the list is good
            field = self.fields["electronic_scheme"]
            field.choices = [*field.choices, (scheme, scheme)]  # type: ignore[attr-defined]

    @property
    def details(self) -> OrganisationDetails:
        """What was filled in, for the service."""
        return OrganisationDetails(**self.cleaned_data)
