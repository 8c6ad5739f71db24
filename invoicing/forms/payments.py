"""What the paying agent's clerk fills in: what was paid, set off, repaid, and taken back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from invoicing.models import Invoice
from invoicing.pages.words import amount_shown, title_in_text, title_of
from invoicing.queries.invoices import still_to_settle
from pbr_ledger.forms import DayField, LedgerForm, MoneyField
from pbr_ledger.words import day_shown

PENNY = Decimal("0.01")
TOO_LITTLE = "Enter an amount above zero"


def _amount(label: str, missing: str, hint: str = "") -> MoneyField:
    return MoneyField(
        label=label, missing=missing, help_text=hint, min_value=PENNY, error_messages={"min_value": TOO_LITTLE}
    )


class _Moved(LedgerForm):
    """Money that moved: how much, on which day, and under which reference."""

    amount = _amount("Amount", "Enter the amount")
    paid_on = DayField(label="Day of payment", missing="Enter the day of payment", help_text="For example, 27 3 2026")
    remittance_reference = forms.CharField(
        label="Remittance reference",
        help_text="As it stands on the bank’s record, for example BACS 4711",
        max_length=100,
        error_messages={
            "required": "Enter the remittance reference",
            "max_length": "The reference must be 100 characters or fewer",
        },
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_paid_on(self) -> date:
        """The day, which has come."""
        paid_on: date = self.cleaned_data["paid_on"]
        if paid_on > self.today:
            raise forms.ValidationError("The day of payment must be today or earlier", "future")
        return paid_on

    def say_issued_later(self, invoice: Invoice) -> None:
        """Say at the day that the invoice was not issued yet."""
        paid_on = self.cleaned_data.get("paid_on")
        if paid_on and invoice.issued_on and paid_on < invoice.issued_on:
            self.add_error(
                "paid_on",
                f"{title_of(invoice)} was issued on {day_shown(invoice.issued_on)}: enter that day or a later one",
            )


class PaymentForm(_Moved):
    """A payment, allocated to one or more of the contract's payable invoices."""

    places: ClassVar = {"allocations": "amount", "allocations*": "amount"}

    def __init__(self, *args: Any, invoices: Sequence[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoices = {_share(invoice): invoice for invoice in invoices}
        self.fields["amount"].label = "Amount paid in all"
        for name, invoice in self.invoices.items():
            due = f", due {day_shown(invoice.due_on)}" if invoice.due_on else ""
            self.fields[name] = MoneyField(
                label=f"For {title_in_text(invoice)}",
                help_text=f"{amount_shown(still_to_settle(invoice))} is left to pay{due}",
                required=False,
                min_value=PENNY,
                error_messages={"min_value": TOO_LITTLE},
            )

    @property
    def allocations(self) -> list[tuple[Invoice, Decimal]]:
        """What goes to which invoice."""
        shares = [(invoice, self.cleaned_data.get(name)) for name, invoice in self.invoices.items()]
        return [(invoice, share) for invoice, share in shares if share is not None]

    def clean(self) -> dict[str, Any]:
        """The shares, none above what is left of its invoice, which add up to the amount."""
        for name, invoice in self.invoices.items():
            share, left = self.cleaned_data.get(name), still_to_settle(invoice)
            if share is not None and share > left:
                self.add_error(
                    name, f"Of {title_in_text(invoice)}, {amount_shown(left)} is left: enter no more than that"
                )
            if share is not None:
                self.say_issued_later(invoice)
        if not self.errors:
            self._clean_total()
        return self.cleaned_data

    def _clean_total(self) -> None:
        total = sum((share for _, share in self.allocations), Decimal("0.00"))
        if not self.allocations:
            self.add_error(next(iter(self.invoices)), "Enter what was paid for at least one invoice")
        elif total != self.cleaned_data["amount"]:
            paid = amount_shown(self.cleaned_data["amount"])
            self.add_error("amount", f"The parts come to {amount_shown(total)}, and the amount paid to {paid}")


def _share(invoice: Invoice) -> str:
    return f"share_{invoice.pk}"


class RepaymentForm(_Moved):
    """Credit that the provider paid back in cash."""

    places: ClassVar = {"allocations*": "amount"}

    def __init__(self, *args: Any, credit_note: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credit_note = credit_note

    def clean(self) -> dict[str, Any]:
        """No more than is left of the credit."""
        _within(self, self.credit_note)
        self.say_issued_later(self.credit_note)
        return self.cleaned_data


class SetOffForm(LedgerForm):
    """Which invoice the credit is used against, and how much of it."""

    amount = _amount("Amount", "Enter how much of the credit is used")

    def __init__(self, *args: Any, credit_note: Invoice, invoices: Sequence[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credit_note = credit_note
        self.invoices = {invoice.pk: invoice for invoice in invoices}
        choose = "Choose the invoice against which the credit is used"
        self.fields["invoice"] = forms.TypedChoiceField(
            label="Invoice",
            coerce=int,
            choices=[
                (key, f"{title_of(invoice)}, {amount_shown(still_to_settle(invoice))} left to pay")
                for key, invoice in self.invoices.items()
            ],
            error_messages={"required": choose, "invalid_choice": choose},
        )
        self.order_fields(["invoice", "amount"])

    @property
    def chosen(self) -> Invoice:
        """The invoice that was chosen."""
        return self.invoices[self.cleaned_data["invoice"]]

    def clean(self) -> dict[str, Any]:
        """No more than is left of the credit, and of the invoice."""
        _within(self, self.credit_note)
        if self.cleaned_data.get("invoice"):
            _within(self, self.chosen)
        return self.cleaned_data


def _within(form: LedgerForm, invoice: Invoice) -> None:
    amount, left = form.cleaned_data.get("amount"), still_to_settle(invoice)
    if amount is not None and amount > left:
        form.add_error("amount", f"Of {title_in_text(invoice)}, {amount_shown(left)} is left: enter no more than that")
