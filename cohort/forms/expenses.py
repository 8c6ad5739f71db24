"""Forms about expenses: miles at the agreed rate, or an amount."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from cohort.core.facts import Expense, Fact, Retraction
from cohort.core.mileage import MILEAGE, mileage_pence, mileage_words
from cohort.forms.evidence import NO_NAMES
from cohort.forms.ground import FactForm
from pbr_ledger.forms import DayField, MoneyField
from pbr_ledger.money import pence_of, pounds_of

OTHER_KINDS = (("travel", "Train, bus, taxi or parking"), ("other", "Other travel cost"))
KINDS = ((MILEAGE, "Mileage, at 45p a mile"), *OTHER_KINDS)
CORRECTED_KINDS = ((MILEAGE, "Mileage"), *OTHER_KINDS)


class ExpenseForm(FactForm):
    """One journey or ticket: miles for mileage, else an amount."""

    day = DayField(label="Date of the journey", missing="Enter the date of the journey")
    category = forms.ChoiceField(
        label="Kind",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind", "invalid_choice": "Choose a kind"},
    )
    miles = forms.DecimalField(
        label="Miles, for mileage",
        required=False,
        min_value=Decimal("0.1"),
        max_value=Decimal(10_000),
        decimal_places=1,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}),
        error_messages={
            "invalid": "Enter miles as a number, like 54 or 54.5",
            "max_decimal_places": "Enter miles with at most one decimal",
            "min_value": "Miles must be above zero",
            "max_value": "Miles must be 10,000 or fewer",
            "max_digits": "Miles must be 10,000 or fewer",
        },
    )
    amount = MoneyField(label="Amount, for all other kinds", required=False)
    description = forms.CharField(
        label="What was it for?",
        help_text=f"For example: visit to household H07. {NO_NAMES}",
        max_length=500,
        widget=forms.TextInput,
        error_messages={"required": "Say what it was for", "max_length": "Write at most 500 characters"},
    )
    places: ClassVar = {"facts[0].amount": "amount", "facts[0].description": "description", "facts[0].kind": "category"}

    def clean(self) -> dict[str, Any]:
        """Mileage needs miles, everything else an amount."""
        said = dict(super().clean() or {})
        needed, words = (
            ("miles", "Enter the miles") if said.get("category") == MILEAGE else ("amount", "Enter the amount")
        )
        if said.get("category") and not said.get(needed) and needed not in self.errors:
            self.add_error(needed, words)
        return said

    def __init__(self, *args: Any, reference: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reference = reference

    def facts(self) -> Sequence[Fact | Retraction]:
        """The expense under the reference that was free."""
        return [self.expense(self.reference)]

    def expense(self, reference: str) -> Expense:
        """The expense under this reference; mileage says in its description how it was worked out."""
        said = self.cleaned_data
        if said["category"] != MILEAGE:
            return Expense(reference, said["day"], said["category"], pence_of(said["amount"]), said["description"])
        miles: Decimal = said["miles"]
        words = mileage_words(miles, said["description"])
        return Expense(reference, said["day"], MILEAGE, mileage_pence(miles), words)


class CorrectExpenseForm(FactForm):
    """An expense as it should have been recorded: mileage too by its amount."""

    day = DayField(label="Date of the journey", missing="Enter the date of the journey")
    category = forms.ChoiceField(
        label="Kind",
        choices=CORRECTED_KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind", "invalid_choice": "Choose a kind"},
    )
    amount = MoneyField(label="Amount", missing="Enter the amount")
    description = forms.CharField(
        label="What was it for?",
        help_text=NO_NAMES,
        max_length=500,
        widget=forms.TextInput,
        error_messages={"required": "Say what it was for", "max_length": "Write at most 500 characters"},
    )
    places: ClassVar = {"facts[0].amount": "amount", "facts[0].description": "description", "facts[0].kind": "category"}

    def __init__(self, *args: Any, expense: Expense, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = expense
        self._keep_kind(expense.category)
        self.initial.update(
            day=expense.day,
            category=expense.category,
            amount=pounds_of(expense.amount_pence),
            description=expense.description,
        )

    def _keep_kind(self, category: str) -> None:
        """A kind that came with a scenario file, and is none of ours, can stay."""
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField) and category not in dict(CORRECTED_KINDS):
            field.choices = [*CORRECTED_KINDS, (category, category)]

    def facts(self) -> Sequence[Fact | Retraction]:
        """The expense as corrected."""
        said = self.cleaned_data
        return [
            replace(
                self.before,
                day=said["day"],
                category=said["category"],
                amount_pence=pence_of(said["amount"]),
                description=said["description"],
            )
        ]
