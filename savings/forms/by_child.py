"""What is filled in to see savings by child and month."""

from collections.abc import Sequence
from typing import Any

from django import forms

from pbr_ledger.forms import LedgerForm


class GridForm(LedgerForm):
    """A financial year, or all of them, and whether as stated or as known now."""

    def __init__(
        self, *args: Any, years: Sequence[tuple[str, str]], bases: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"] = forms.ChoiceField(
            label="Financial year",
            choices=years,
            error_messages={"required": "Choose a financial year", "invalid_choice": "Choose a year from the list"},
        )
        self.fields["basis"] = forms.ChoiceField(
            label="Savings",
            choices=bases,
            error_messages={
                "required": "Choose how savings are shown",
                "invalid_choice": "Choose how savings are shown from the list",
            },
        )
