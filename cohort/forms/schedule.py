"""The Lead Accountant's own schedule as a form: an amount a month, adding up to the two fees (docs/contract.md 3.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from cohort.core.terms import ScheduleRow
from pbr_ledger.forms import DayField, LedgerForm, MoneyField
from pbr_ledger.money import pence_of, pounds_of, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, month_shown

LONGEST_COLUMN = 20_000


@dataclass(frozen=True, slots=True)
class MonthAmount:
    """A month of the schedule in the form: its field, the amount of even accrual, and the sum up to it."""

    month: str
    field: BoundField
    even: str
    to_date: str


class ScheduleForm(LedgerForm):
    """One amount for each month; nothing stands for £0.00. `even` is what even accrual gives, by month in order.

    `rows()` can be read once it is valid; what is placed so far, at any time.
    """

    def __init__(
        self,
        *args: Any,
        even: Mapping[Month, int],
        cap_pence: int,
        amounts: Mapping[Month, int] | None = None,
        asks_from_when: bool = False,
        **kwargs: Any,
    ) -> None:
        initial = {field_of(month): pounds_of(pence) for month, pence in (amounts or {}).items()}
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        self.even, self.cap_pence = even, cap_pence
        for month in even:
            self.fields[field_of(month)] = _amount_field(month)
        if asks_from_when:
            self.fields["effective_from"] = _from_when()

    def clean(self) -> dict[str, Any]:
        """Refuses amounts that do not add up to the two fees exactly, and says what the difference is."""
        found = super().clean() or {}
        if not self.errors and self.left_pence:
            self.add_error(None, f"The amounts must add up to {pounds_shown(self.cap_pence)}. {self.difference}.")
        return found

    def months(self) -> Iterator[MonthAmount]:
        """The rows of the table, with the running total by what can be read so far."""
        to_date = 0
        for month, even in self.even.items():
            to_date += self._pence(month)
            yield MonthAmount(month_shown(month), self[field_of(month)], pounds_shown(even), pounds_shown(to_date))

    def rows(self) -> tuple[ScheduleRow, ...]:
        """The schedule as filled in."""
        return tuple(ScheduleRow(month, self._pence(month)) for month in self.even)

    @property
    def placed_pence(self) -> int:
        """The sum of all amounts that can be read."""
        return sum(map(self._pence, self.even))

    @property
    def left_pence(self) -> int:
        """What is left to place of the two fees; below zero where too much is placed."""
        return self.cap_pence - self.placed_pence

    @property
    def placed(self) -> str:
        """The sum of the amounts in words: `£598,800.00`."""
        return pounds_shown(self.placed_pence)

    @property
    def cap(self) -> str:
        """The two fees together: `£599,800.00`."""
        return pounds_shown(self.cap_pence)

    @property
    def difference(self) -> str:
        """What is missing or too much, as a clause."""
        if self.left_pence == 0:
            return "Nothing is left to place"
        left = pounds_shown(abs(self.left_pence))
        return f"{left} is still to be placed" if self.left_pence > 0 else f"{left} too much is placed"

    def _pence(self, month: Month) -> int:
        bound = self[field_of(month)]
        try:
            amount = bound.field.clean(bound.value())
        except ValidationError:
            return 0
        return pence_of(amount or Decimal(0))


class ColumnForm(LedgerForm):
    """A column of amounts, as a spreadsheet hands it over: one in a line, in the order of the months."""

    column = forms.CharField(
        label="A column of amounts",
        max_length=LONGEST_COLUMN,
        widget=forms.Textarea(attrs={"rows": "8", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Copy the cells in a spreadsheet and paste them here: one amount in a line.",
        error_messages={
            "required": "Paste the amounts, one in a line",
            "max_length": "That is more than a schedule can hold",
        },
    )

    def __init__(self, *args: Any, months: Sequence[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = months

    def clean_column(self) -> dict[Month, int]:
        """The amounts by month, in pence. Refuses another number of lines than months, and what is no amount."""
        lines = self.cleaned_data["column"].strip("\r\n").splitlines()
        if len(lines) != len(self.months):
            amounts, months = count_shown(len(lines), "amount"), count_shown(len(self.months), "month")
            verb = "is" if len(lines) == 1 else "are"
            raise ValidationError(f"There {verb} {amounts} for {months}", "length")
        return {month: _pasted(month, line) for month, line in zip(self.months, lines, strict=True)}


def field_of(month: Month) -> str:
    """The name of a month's field."""
    return f"amount_{month}"


def _pasted(month: Month, line: str) -> int:
    cell = line.rsplit("\t", maxsplit=1)[-1].strip()
    try:
        amount = _amount_field(month).clean(cell)
    except ValidationError as error:
        raise ValidationError(f"{month_shown(month)}: “{cell[:40]}” is no amount like 1,234.50", "invalid") from error
    return pence_of(amount or Decimal(0))


def _amount_field(month: Month) -> MoneyField:
    label = month_shown(month)
    field = MoneyField(label=label, required=False)
    field.error_messages |= {
        key: f"{label}: {words[0].lower()}{words[1:]}" for key, words in field.error_messages.items()
    }
    return field


def _from_when() -> DayField:
    return DayField(
        label="Effective from",
        missing="Enter the day from which this schedule holds",
        help_text="It governs each month that begins on this day or later (clause 11.1).",
    )
