"""Forms about baselines: proposing one rate by rate, agreeing, declining."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from cohort.core.facts import Rate
from cohort.forms.claims import words_field
from cohort.forms.evidence import NO_NAMES
from pbr_ledger.forms import DayField, LedgerForm, MoneyField
from pbr_ledger.money import pence_of, pounds_of

_PLACE = re.compile(r"baseline\[([0-9]+)\]\.(from|weekly|contribution)")
_PARTS = {"from": "start", "weekly": "weekly", "contribution": "contribution"}


class ProposeBaselineForm(LedgerForm):
    """Every rate of a baseline, and one more: three fields each, all of them empty for a rate that falls away."""

    def __init__(self, *args: Any, rates: Sequence[Rate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size = len(rates) + 1
        for row in range(self.size):
            self._add_row(row, rates[row] if row < len(rates) else None)
        self.fields["reason"] = words_field(
            label="Why should the baseline change?",
            missing="Say why the baseline should change",
            help_text=f"For example, the home’s letter about its new price. {NO_NAMES}",
        )

    def _add_row(self, row: int, rate: Rate | None) -> None:
        weekly, paid = f"weekly_{row}", f"contribution_{row}"
        self.fields[f"start_{row}"] = DayField(label="In force from", required=False)
        self.fields[weekly] = MoneyField(label="Price a week", required=False)
        self.fields[paid] = MoneyField(label="Of which partners pay a week (optional)", required=False)
        if rate:
            self.initial[f"start_{row}"], self.initial[weekly] = rate.start, pounds_of(rate.weekly_pence)
            self.initial[paid] = pounds_of(rate.contribution_pence) if rate.contribution_pence else ""

    def rows(self) -> Iterator[tuple[str, list[Any]]]:
        """Each rate’s name and its three fields, as they are drawn."""
        for row in range(self.size):
            name = f"Price {row + 1}" if row < self.size - 1 else "A further price (optional)"
            yield name, [self[f"{part}_{row}"] for part in _PARTS.values()]

    def clean(self) -> dict[str, Any]:
        """A rate needs its date and its price."""
        said = dict(super().clean() or {})
        for row in self._given(said):
            if not said.get(f"start_{row}") and f"start_{row}" not in self.errors:
                self.add_error(f"start_{row}", "Enter the date from which this price holds")
            if said.get(f"weekly_{row}") is None and f"weekly_{row}" not in self.errors:
                self.add_error(f"weekly_{row}", "Enter the price a week")
        return said

    def _given(self, said: dict[str, Any]) -> list[int]:
        """The rows in which anything stands."""
        return [
            row
            for row in range(self.size)
            if any(said.get(f"{part}_{row}") not in (None, "") for part in _PARTS.values())
        ]

    def rates(self) -> tuple[Rate, ...]:
        """The baseline that is proposed, in the order of its rows."""
        said = self.cleaned_data
        return tuple(
            Rate(
                said[f"start_{row}"],
                pence_of(said[f"weekly_{row}"]),
                pence_of(said[f"contribution_{row}"]) if said[f"contribution_{row}"] else 0,
            )
            for row in self._given(said)
        )

    def _field_of(self, place: str) -> str | None:
        match = _PLACE.fullmatch(place)
        if match:
            row = self._given(self.cleaned_data)[int(match[1])]
            return f"{_PARTS[match[2]]}_{row}"
        return "start_0" if place == "baseline" else super()._field_of(place)


class DeclineBaselineForm(LedgerForm):
    """Why a proposed baseline is declined."""

    reason = words_field(label="Why do you decline it?", missing="Say why you decline the baseline")


class AnswerForm(LedgerForm):
    """A page with nothing but its button."""


class AgreeRecordedForm(LedgerForm):
    """Agreeing to what stands on the page: the rates travel along, so that nobody agrees to what they have not read."""

    rates = forms.JSONField(
        widget=forms.HiddenInput, error_messages={"required": "Open this page again", "invalid": "Open this page again"}
    )
