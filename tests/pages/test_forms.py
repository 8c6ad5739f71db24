"""Forms: what people type into days and amounts, where a refusal is said, and that no field is left without words."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string

from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused
from pbr_ledger.forms import DayField, LedgerForm, MoneyField


class Move(LedgerForm):
    """A form as pages have them."""

    places: ClassVar = {"facts[0].from": "start", "facts[0].costs*": "cost"}
    start = DayField(label="Date the child moved", missing="Enter the date the child moved")
    cost = MoneyField(label="Weekly cost", missing="Enter the weekly cost")


def filled(day: str = "27 3 2026", cost: str = "785") -> Move:
    parts = dict(zip(("start_0", "start_1", "start_2"), day.split(" "), strict=True)) if day else {}
    return Move({**parts, "cost": cost})


@pytest.mark.parametrize(
    ("typed", "found"),
    [("27 3 2026", date(2026, 3, 27)), ("01 01 2026", date(2026, 1, 1)), ("29 2 2028", date(2028, 2, 29))],
)
def test_day_is_typed_as_three_numbers(typed: str, found: date):
    form = filled(typed)
    assert form.is_valid()
    assert form.cleaned_data["start"] == found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the date the child moved"),
        ("27  2026", "Date the child moved must include a month"),
        ("  2026", "Date the child moved must include a day and month"),
        ("31 2 2026", "Date the child moved must be a real date, like 27 3 2026"),
        ("x 2 2026", "Date the child moved must be a real date, like 27 3 2026"),
        ("27 3 26", "Date the child moved: write the year with four numbers"),
    ],
)
def test_day_that_is_none_is_refused_in_words(typed: str, words: str):
    assert filled(typed).errors == {"start": [words]}


@pytest.mark.parametrize(
    ("typed", "found"),
    [("785", "785"), ("£1,234.50", "1234.50"), (" 0.01 ", "0.01"), ("9,999,999,999.99", "9999999999.99")],
)
def test_amount_is_typed_as_people_write_it(typed: str, found: str):
    form = filled(cost=typed)
    assert form.is_valid()
    assert form.cleaned_data["cost"] == Decimal(found)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the weekly cost"),
        ("-1", "The amount must not be below zero"),
        *(
            (typed, "Enter an amount in pounds and pence, like 1,234.50")
            for typed in ("1.234", "1e3", "1_0", "NaN", "Infinity", "ten", "10000000000", "0x10")
        ),
    ],
)
def test_amount_that_is_none_is_refused_in_words(typed: str, words: str):
    assert filled(cost=typed).errors == {"cost": [words]}


def refusing(error: Exception) -> object:
    raise error


def test_refusal_stands_at_its_field_and_the_rest_above_all():
    form = filled()
    assert form.is_valid()
    problems = [
        Problem("facts[0].from", "lies before the last move"),
        Problem("facts[0].costs[0].weekly", "is too large"),
        Problem("facts[1].child", "is not known"),
    ]
    assert not form.attempt(lambda: refusing(Refused(problems)))
    assert form.errors == {
        "start": ["Date the child moved: lies before the last move"],
        "cost": ["Weekly cost: is too large"],
        "__all__": ["is not known"],
    }
    assert '<a href="#id_start_0">is not known</a>' in render_to_string("parts/problems.html", {"form": form})


def test_what_cannot_be_done_is_said_and_what_is_done_is_true():
    form = filled()
    assert form.is_valid()
    assert form.attempt(lambda: None)
    assert not form.attempt(lambda: refusing(LedgerError("The month is closed.")))
    assert form.errors == {"__all__": ["The month is closed."]}


def test_what_is_not_permitted_is_forbidden_and_what_is_not_there_is_not_found():
    form = filled()
    assert form.is_valid()
    with pytest.raises(PermissionDenied, match="Only an officer"):
        form.attempt(lambda: refusing(NotPermitted("Only an officer does this.")))
    with pytest.raises(Http404):
        form.attempt(lambda: refusing(NotFound("There is none.")))


def test_error_is_tied_to_its_field_for_those_who_hear_the_page():
    page = str(filled("", ""))
    assert '<fieldset class="govuk-fieldset" aria-describedby="id_start_error">' in page
    assert 'aria-invalid="true" aria-describedby="id_cost_error"' in page
    assert page.count("govuk-input--error") == 4


def form_modules() -> Iterator[str]:
    """The modules of every room in which forms stand."""
    base = Path(settings.BASE_DIR)
    for room in ("pbr_ledger", "cohort", "savings", "invoicing"):
        for path in (base / room).rglob("*.py"):
            parts = path.relative_to(base).with_suffix("").parts
            if "forms" in parts:
                yield ".".join(parts).removesuffix(".__init__")


def kinds_of_form(kind: type[LedgerForm]) -> Iterator[type[LedgerForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds_of_form(each)


def test_every_field_has_words_of_its_own_for_what_is_missing():
    for module in form_modules():
        import_module(module)
    unsaid = [
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in kinds_of_form(LedgerForm)
        for name, field in kind.base_fields.items()
        if field.required and field.error_messages["required"] == forms.Field.default_error_messages["required"]
    ]
    assert unsaid == []
