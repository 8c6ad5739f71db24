"""A version of a contract's terms as a form, but for the monthly amounts of a schedule (docs/contract.md 11.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from cohort.core.facts import SETTINGS
from cohort.core.terms import CarerFeeRefund, Phase, SuccessFee, Terms
from cohort.forms.fields import OneOfField, PercentField, WholeField
from cohort.pages.terms.words import EVENLY, READINGS, TermsStated
from cohort.services import refuse_wrong_terms
from pbr_ledger.forms import DayField, LedgerForm, MoneyField
from pbr_ledger.money import pence_of
from pbr_ledger.words import setting_shown

EVEN = "even"
ROWS = "rows"
EMPTY_REFUNDS = 3
MOST_REFUNDS = 50
MOST_DAYS = 32_767
MOST_NIGHTS = 100_000
LONGEST_PROGRAMME = 20


def _reading(key: str, label: str, missing: str, hint: str) -> OneOfField:
    choices = [(word, f"{name}. {does}") for word, (name, does) in READINGS[key].items()]
    return OneOfField(label=label, missing=missing, choices=choices, help_text=hint)


def _first_day(phase: int) -> DayField:
    return DayField(label=f"First day of Phase {phase}", missing=f"Enter the first day of Phase {phase}")


def _day_after(phase: int) -> DayField:
    return DayField(
        label=f"First day after Phase {phase}",
        missing=f"Enter the first day after Phase {phase}",
        help_text=f"The day on which Phase {phase} is over: its last night begins on the day before.",
    )


def _fee(phase: int) -> MoneyField:
    return MoneyField(
        label=f"Fee of Phase {phase}",
        missing=f"Enter the fee of Phase {phase}",
        help_text="Its part of the fixed fee (clause 4.1).",
    )


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that stand together under a heading."""

    heading: str
    fields: tuple[BoundField, ...]


class TermsForm(LedgerForm):
    """Everything that a version of the terms says; where the schedule has own amounts, they follow on their own page.

    `stated()` can be read once it is valid.
    """

    places = {
        "phase2.from": "phase2_from",
        "phase2.until": "phase2_until",
        "phase2.fee": "phase2_fee",
        "phase3.from": "phase3_from",
        "phase3.until": "phase3_until",
        "phase3.fee": "phase3_fee",
        "success_fee.threshold": "success_fee_threshold",
        "success_fee.rate": "success_fee_rate",
        "success_fee.basis": "success_fee_basis",
        "family_settings*": "family_settings",
        "schedule*": "schedule",
    }
    groups = {
        "From when": ("effective_from",),
        "The programme": (
            "phase2_from",
            "phase2_until",
            "phase2_fee",
            "phase3_from",
            "phase3_until",
            "phase3_fee",
        ),
        "The fixed fee": ("schedule", "fixed_fee_limit", "fixed_fee_savings"),
        "Savings": ("family_settings", "negative_savings"),
        "The success fee": (
            "success_fee_threshold",
            "success_fee_rate",
            "success_fee_basis",
            "annual_days",
        ),
        "Carer fees": ("carer_fee", "carer_fee_trigger"),
        "Expenses, maximum and answers": ("expenses_wait_for_savings", "maximum_value", "response_days"),
    }

    effective_from = DayField(
        label="Effective from",
        missing="Enter the day from which these terms hold",
        help_text="They govern each month that begins on this day or later. A day within a month first governs the "
        "month after it (clause 11.1).",
    )
    phase2_from = _first_day(2)
    phase2_until = _day_after(2)
    phase2_fee = _fee(2)
    phase3_from = _first_day(3)
    phase3_until = _day_after(3)
    phase3_fee = _fee(3)
    schedule = OneOfField(
        label="How the fixed fee accrues",
        missing="Choose how the fixed fee accrues",
        choices=((EVEN, f"{EVENLY}, over each phase"), (ROWS, "By amounts that you set for each month")),
        help_text="Clauses 3.1 and 3.2. The next page asks for the amounts.",
    )
    fixed_fee_limit = _reading(
        "fixed_fee_limit", "What limits the fixed fee", "Choose what limits the fixed fee", "Clause 4.3."
    )
    fixed_fee_savings = _reading(
        "fixed_fee_savings",
        "Savings that pay the fixed fee",
        "Choose which savings pay the fixed fee",
        "Clause 4.4.",
    )
    family_settings = forms.MultipleChoiceField(
        label="Family settings",
        choices=[(setting, setting_shown(setting)) for setting in SETTINGS],
        widget=forms.CheckboxSelectMultiple,
        help_text="Only nights in one of these can earn a saving (clause 1.1).",
        error_messages={
            "required": "Choose at least one family setting",
            "invalid_choice": "Choose family settings from the list",
        },
    )
    negative_savings = _reading(
        "negative_savings",
        "Nights that cost more than before",
        "Choose how nights that cost more than before count",
        "Clause 2.5.",
    )
    success_fee_threshold = MoneyField(
        label="Threshold of the success fee",
        missing="Enter the threshold of the success fee",
        help_text="Only savings above it earn the fee (clause 6.2).",
    )
    success_fee_rate = PercentField(
        label="Rate of the success fee",
        missing="Enter the rate of the success fee",
        help_text="A percentage of the savings above the threshold, like 10.",
    )
    success_fee_basis = _reading(
        "success_fee.basis",
        "Savings that the success fee is paid on",
        "Choose which savings the success fee is paid on",
        "Clauses 6.2 and 6.3.",
    )
    annual_days = WholeField(
        label="Days of a year",
        missing="Enter the days of a year",
        least=1,
        most=1000,
        help_text="A run rate is the saving of one night times so many days (clause 6.1).",
    )
    carer_fee = MoneyField(
        label="Carer fee",
        missing="Enter the carer fee",
        help_text="Once for each carer household that the provider found and panel approved (clauses 7.1 and 7.2).",
    )
    carer_fee_trigger = _reading(
        "carer_fee_trigger",
        "When a carer fee falls due",
        "Choose when a carer fee falls due",
        "Clauses 7.1 and 7.4. It holds for the households that panel approves in the months of these terms.",
    )
    expenses_wait_for_savings = _reading(
        "expenses_wait_for_savings",
        "Expenses wait for savings",
        "Choose whether expenses wait for savings",
        "Clause 8.2.",
    )
    maximum_value = MoneyField(
        label="Maximum contract value",
        missing="Enter the maximum contract value",
        help_text="Everything charged is measured against it (clause 9.1).",
    )
    response_days = WholeField(
        label="Days to answer a proposal",
        missing="Enter the days to answer a proposal",
        least=0,
        most=MOST_DAYS,
        help_text="After so many days of silence a month may be closed without the provider (clause 13.2).",
    )

    def __init__(self, *args: Any, refund_rows: int = EMPTY_REFUNDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refund_rows = min(refund_rows, MOST_REFUNDS)
        for row in range(self.refund_rows):
            self.fields[f"refund_nights_{row}"] = WholeField(
                label=f"Fewer nights than, row {row + 1}", missing="", least=1, most=MOST_NIGHTS, required=False
            )
            self.fields[f"refund_share_{row}"] = PercentField(
                label=f"Share that comes back, row {row + 1}", required=False
            )

    def field_groups(self) -> Iterator[FieldGroup]:
        """The fields under their headings."""
        for heading, names in self.groups.items():
            yield FieldGroup(heading, tuple(self[name] for name in names))

    def refunds(self) -> Iterator[tuple[BoundField, BoundField]]:
        """The rows of what comes back of a carer fee: nights and share."""
        for row in range(self.refund_rows):
            yield self[f"refund_nights_{row}"], self[f"refund_share_{row}"]

    def clean(self) -> dict[str, Any]:
        """Refuses what `record_terms` would refuse, each in words at its field."""
        found = super().clean() or {}
        self._refuse_periods(found)
        self._refuse_half_rows(found)
        if not self.errors:
            self.attempt(lambda: refuse_wrong_terms(self._terms(date.min), found["response_days"]))
        return found

    def _refuse_periods(self, found: Mapping[str, Any]) -> None:
        for phase in (2, 3):
            start, until = found.get(f"phase{phase}_from"), found.get(f"phase{phase}_until")
            if start and until and until <= start:
                self.add_error(f"phase{phase}_until", f"Phase {phase} must end after its first day")
        ended, begun = found.get("phase2_until"), found.get("phase3_from")
        if ended and begun and begun < ended:
            self.add_error("phase3_from", "Phase 3 must not start before Phase 2 is over")
        begins, ends = found.get("phase2_from"), found.get("phase3_until")
        if begins and ends and ends.year - begins.year > LONGEST_PROGRAMME:
            self.add_error("phase3_until", f"The programme must end within {LONGEST_PROGRAMME} years")

    def _refuse_half_rows(self, found: Mapping[str, Any]) -> None:
        for row in range(self.refund_rows):
            nights, share = found.get(f"refund_nights_{row}"), found.get(f"refund_share_{row}")
            names = {f"refund_nights_{row}", f"refund_share_{row}"}
            if (nights is None) == (share is None) or names & self.errors.keys():
                continue
            if nights is None:
                self.add_error(f"refund_nights_{row}", f"Enter the nights of row {row + 1}, or leave the row empty")
            else:
                self.add_error(f"refund_share_{row}", f"Enter the share of row {row + 1}, or leave the row empty")

    @property
    def wants_rows(self) -> bool:
        """Whether the schedule has amounts of its own, which another page asks for."""
        return self.cleaned_data["schedule"] == ROWS

    def stated(self, *, recorded: date) -> TermsStated:
        """The terms as filled in, with even accrual."""
        return TermsStated(self._terms(recorded), self.cleaned_data["response_days"])

    def _terms(self, recorded: date) -> Terms:
        found = self.cleaned_data
        basis, rate = found["success_fee_basis"], found["success_fee_rate"]
        return Terms(
            recorded=recorded,
            effective_from=found["effective_from"],
            phase2=Phase(found["phase2_from"], found["phase2_until"], pence_of(found["phase2_fee"])),
            phase3=Phase(found["phase3_from"], found["phase3_until"], pence_of(found["phase3_fee"])),
            success_fee=SuccessFee(pence_of(found["success_fee_threshold"]), rate, basis),
            carer_fee_pence=pence_of(found["carer_fee"]),
            maximum_value_pence=pence_of(found["maximum_value"]),
            fixed_fee_limit=found["fixed_fee_limit"],
            fixed_fee_savings=found["fixed_fee_savings"],
            negative_savings=found["negative_savings"],
            annual_days=found["annual_days"],
            carer_fee_refund=tuple(self._refund_rows()),
            carer_fee_trigger=found["carer_fee_trigger"],
            expenses_wait_for_savings=found["expenses_wait_for_savings"] == "yes",
            family_settings=tuple(found["family_settings"]),
        )

    def _refund_rows(self) -> Iterator[CarerFeeRefund]:
        for row in range(self.refund_rows):
            nights = self.cleaned_data.get(f"refund_nights_{row}")
            share = self.cleaned_data.get(f"refund_share_{row}")
            if nights is not None and share is not None:
                yield CarerFeeRefund(nights, share)
