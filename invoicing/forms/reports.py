"""What is filled in to ask for a report."""

from collections.abc import Sequence
from typing import Any

from django import forms

from invoicing.core.calendar import Period
from invoicing.pages.reports.ground import period_words
from pbr_ledger.forms import LedgerForm


class PeriodForm(LedgerForm):
    """The period up to which a report is made, written `2025/26-P12` in its address."""

    def __init__(self, *args: Any, periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {address_of(period): period for period in periods}
        self.fields["period"] = forms.ChoiceField(
            label="Period",
            choices=[(key, period_words(period)) for key, period in self.periods.items()],
            error_messages={"required": "Choose a period", "invalid_choice": "Choose a period from the list"},
        )

    @property
    def chosen(self) -> Period:
        """The period that was chosen."""
        return self.periods[self.cleaned_data["period"]]


def address_of(period: Period) -> str:
    """The period as addresses write it: `2025/26-P12`."""
    return str(period).replace(" ", "-")
