"""What is filled in to look into the books, and to close their periods."""

from collections.abc import Sequence
from typing import Any

from django import forms

from invoicing.core.calendar import Period
from invoicing.pages.words import year_shown
from pbr_ledger.forms import LedgerForm
from pbr_ledger.words import month_shown


class YearForm(LedgerForm):
    """One of the financial years."""

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"] = forms.TypedChoiceField(
            label="Financial year",
            coerce=int,
            choices=[(year, year_shown(year)) for year in years],
            error_messages={"required": "Choose a financial year", "invalid_choice": "Choose a year from the list"},
        )


THIS_CONTRACT, WHOLE_COUNCIL = "", "council"


class AsOfForm(LedgerForm):
    """The day for which the books are read, and the instant as known at which; both now where left empty."""

    scope = forms.ChoiceField(
        label="Books of",
        required=False,
        choices=[(THIS_CONTRACT, "This contract"), (WHOLE_COUNCIL, "All contracts of the council")],
        error_messages={"invalid_choice": "Choose this contract or all contracts"},
    )
    on = forms.DateField(
        label="Effective by the end of",
        required=False,
        error_messages={"invalid": "Enter the day for which the books are read, like 2026-03-31"},
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
    )
    known = forms.DateTimeField(
        label="As known at",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        error_messages={"invalid": "Enter the instant as known at which they are read, like 2026-04-10 17:00"},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "govuk-input--width-10"}),
    )


class ClosePeriodForm(LedgerForm):
    """Which period to close."""

    def __init__(self, *args: Any, periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {f"{period.year}-{period.number}": period for period in periods}
        missing = "Choose the period to close"
        several = [("", "Choose a period")] if len(periods) > 1 else []
        self.fields["period"] = forms.ChoiceField(
            label="Period",
            choices=[
                *several,
                *((key, f"{period} ({month_shown(period.month)})") for key, period in self.periods.items()),
            ],
            error_messages={"required": missing, "invalid_choice": missing},
        )

    @property
    def chosen(self) -> Period:
        """The period that was chosen."""
        return self.periods[self.cleaned_data["period"]]
