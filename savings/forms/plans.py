"""What is filled in to record what the council's financial plan counts on."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from pbr_ledger.forms import LedgerForm, MoneyField
from pbr_ledger.periods import Month
from pbr_ledger.words import FIRST_MONTH_OF_YEAR, month_shown
from savings.services.plans import LONGEST_SOURCE, PERIODS

NOTHING = Decimal("0.00")


class SavingsPlanForm(LedgerForm):
    """An amount for each period of a financial year, nothing for £0.00, and where the figures stand."""

    source = forms.CharField(
        label="Where these figures stand",
        max_length=LONGEST_SOURCE,
        help_text="The line of the medium term financial plan, or the decision, as it is cited. Name no child.",
        error_messages={
            "required": "Enter where these figures stand",
            "max_length": f"Where these figures stand must be at most {LONGEST_SOURCE} characters",
        },
    )

    def __init__(self, *args: Any, year: int, amounts: Sequence[Decimal] = (), **kwargs: Any) -> None:
        initial = {f"p{number}": amount for number, amount in enumerate(amounts, start=1)}
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        for number in range(1, PERIODS + 1):
            month = month_shown(Month(year, FIRST_MONTH_OF_YEAR).plus(number - 1))
            self.fields[f"p{number}"] = MoneyField(label=f"P{number} {month} (optional)", required=False)
        self.order_fields(["source"])

    def amounts(self) -> list[Decimal]:
        """The amounts of P1 to P12, once the form is valid."""
        return [self.cleaned_data[f"p{number}"] or NOTHING for number in range(1, PERIODS + 1)]
