"""Adding a contract, and correcting what it is called and by which decision it was made."""

from datetime import date
from typing import Any

from django import forms

from cohort.forms.ground import OUT_OF_DATE
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.roles import AGENT, PROVIDER
from pbr_ledger.forms import DayField, LedgerForm


class OrganisationField(forms.ModelChoiceField):
    """One organisation of a kind, by name."""

    def __init__(self, *, kind: str, missing: str, **kwargs: Any) -> None:
        found = Organisation.objects.filter(kind=kind).order_by("name")
        messages = {"required": missing, "invalid_choice": missing}
        super().__init__(queryset=found, empty_label="Choose one", error_messages=messages, **kwargs)


def _text(label: str, missing: str, most: int, hint: str = "") -> forms.CharField:
    messages = {"required": missing, "max_length": f"{label} must be at most {most} characters"}
    return forms.CharField(label=label, max_length=most, error_messages=messages, help_text=hint)


class ParticularsForm(LedgerForm):
    """What a contract is called and by which decision it was made, to be corrected."""

    title = _text("Title", "Enter what the contract is about", 200)
    decision_reference = _text(
        "Decision", "Enter the decision by which the contract was made", 100, "Its reference in the council’s records."
    )
    decision_on = DayField(label="Date of the decision", missing="Enter the date of the decision")
    reason = _text("Why is it corrected?", "Say why it is corrected", 500, "Everybody who reads the contract sees it.")
    seen = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": OUT_OF_DATE, "invalid": OUT_OF_DATE}
    )

    def particulars(self) -> tuple[str, str, date]:
        """Title, decision and its date as filled in."""
        said = self.cleaned_data
        return said["title"], said["decision_reference"], said["decision_on"]


class ContractForm(LedgerForm):
    """What a contract is called, between whom it is, and by which decision."""

    reference = _text(
        "Reference", "Enter the reference of the contract", 100, "As papers cite it, like L04 25/26. It stays as it is."
    )
    title = _text("Title", "Enter what the contract is about", 200)
    provider = OrganisationField(
        kind=PROVIDER,
        label="Provider",
        missing="Choose the provider",
        help_text="Who works with the children, and issues the invoices.",
    )
    agent = OrganisationField(
        kind=AGENT,
        label="Paying agent",
        missing="Choose the paying agent",
        help_text="Who pays the provider for the council, and never sees a child.",
    )
    decision_reference = _text(
        "Decision", "Enter the decision by which the contract was made", 100, "Its reference in the council’s records."
    )
    decision_on = DayField(label="Date of the decision", missing="Enter the date of the decision")

    def clean_reference(self) -> str:
        """The reference without space around it, and with single spaces: two that look alike would be two contracts."""
        return " ".join(self.cleaned_data["reference"].split())
