"""How a contract's invoices are made out, and a variation of what it may come to."""

from decimal import Decimal
from typing import Any

from django import forms

from cohort.forms.fields import OneOfField, PercentField, WholeField
from invoicing.core.charges import CHARGES, EXEMPT, VAT_TREATMENTS
from invoicing.models import InvoicingTerms
from invoicing.pages.terms import VAT_NAMES, VAT_ON
from pbr_ledger.forms import LedgerForm, MoneyField
from pbr_ledger.money import RATE_SCALE

LONGEST_REFERENCE = 100
LONGEST_REASON = 2000
MOST_PAYMENT_DAYS = 365


def _reference(label: str, hint: str) -> forms.CharField:
    named = label.removesuffix(" (optional)")
    messages = {"max_length": f"{named} must be at most {LONGEST_REFERENCE} characters"}
    return forms.CharField(
        label=label, max_length=LONGEST_REFERENCE, required=False, help_text=hint, error_messages=messages
    )


class InvoicingTermsForm(LedgerForm):
    """VAT by kind of charge, days to pay, references and the agent's margin."""

    places = {f"vat_treatments.{charge}": f"vat_{charge}" for charge in CHARGES}

    vat_rate = PercentField(
        label="Standard rate of VAT",
        missing="Enter the standard rate of VAT",
        help_text="A percentage, like 20. It counts for charges at the standard rate only.",
    )
    payment_days = WholeField(
        label="Days to pay",
        missing="Enter the days to pay",
        least=0,
        most=MOST_PAYMENT_DAYS,
        help_text="So many days after its issue an invoice is due. Public bodies have to pay within 30.",
    )
    agent_margin_rate = PercentField(
        label="Margin of the paying agent",
        missing="Enter the margin of the paying agent, 0 if there is none",
        help_text="A percentage of what is paid without VAT. It is settled apart, and never posted.",
    )
    bank_reference = _reference("Bank reference (optional)", "Printed on each invoice, to be given with a payment.")
    order_reference = _reference("Order reference (optional)", "The council’s purchase order, printed on each invoice.")

    field_order = (*(f"vat_{charge}" for charge in CHARGES), "vat_rate")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for charge in CHARGES:
            self.fields[f"vat_{charge}"] = OneOfField(
                label=VAT_ON[charge],
                missing=f"Choose the {VAT_ON[charge]}",
                choices=[(treatment, VAT_NAMES[treatment]) for treatment in VAT_TREATMENTS],
            )
        self.order_fields(self.field_order)

    def recorded(self) -> dict[str, Any]:
        """What the service is to record; readable once the form is valid."""
        found = self.cleaned_data
        return {
            "vat_treatments": {charge: found[f"vat_{charge}"] for charge in CHARGES},
            "vat_rate": Decimal(found["vat_rate"]) / RATE_SCALE,
            "payment_days": found["payment_days"],
            "agent_margin_rate": Decimal(found["agent_margin_rate"]) / RATE_SCALE,
            "bank_reference": found["bank_reference"],
            "order_reference": found["order_reference"],
        }


def terms_in_form(terms: InvoicingTerms) -> dict[str, Any]:
    """What the form begins with: the terms that hold now."""
    return {
        **{f"vat_{charge}": terms.vat_treatments.get(charge, EXEMPT) for charge in CHARGES},
        "vat_rate": int(Decimal(terms.vat_rate) * RATE_SCALE),
        "payment_days": terms.payment_days,
        "agent_margin_rate": int(Decimal(terms.agent_margin_rate) * RATE_SCALE),
        "bank_reference": terms.bank_reference,
        "order_reference": terms.order_reference,
    }


class VariationForm(LedgerForm):
    """By how much a variation raises what the contract may come to, and why."""

    reference = forms.CharField(
        label="Reference of the variation",
        max_length=LONGEST_REFERENCE,
        help_text="As the signed variation is cited.",
        error_messages={
            "required": "Enter the reference of the variation",
            "max_length": f"The reference must be at most {LONGEST_REFERENCE} characters",
        },
    )
    maximum_value = MoneyField(
        label="The contract may come to",
        missing="Enter what the contract may come to",
        min_value=Decimal("0.01"),
        error_messages={"min_value": "What the contract may come to must be above zero"},
        help_text="In all, with what is approved already. The highest of the terms and of all variations holds "
        "(clause 9.1).",
    )
    reason = forms.CharField(
        label="Why the contract is varied",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={
            "required": "Say why the contract is varied",
            "max_length": f"The reason must be at most {LONGEST_REASON:,} characters",
        },
    )
