"""Fields that forms about terms are made of: percentages, whole numbers, and one choice of several."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pbr_ledger.money import RATE_SCALE
from pbr_ledger.words import rate_shown

LARGEST_PERCENTAGE = Decimal(100)

_PERCENTAGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?")


class PercentField(forms.CharField):
    """A percentage with at most two decimals, as ten-thousandths: `12.5` and `12.5%` are 1,250."""

    def __init__(self, *, missing: str = "Enter a percentage", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}))
        super().__init__(max_length=20, error_messages={"required": missing}, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Ten-thousandths as people write them; what was typed as it was typed."""
        return rate_shown(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """The ten-thousandths; None for nothing, where nothing is allowed."""
        text = super().clean(value)
        if not text:
            return None
        return _ten_thousandths(text)


def _ten_thousandths(text: str) -> int:
    found = _PERCENTAGE.fullmatch(text)
    share = Decimal(found[1]) if found else None
    if share is None or share > LARGEST_PERCENTAGE:
        raise ValidationError("Enter a percentage from 0 to 100, like 12.5, with at most two decimals", "invalid")
    return int(share * RATE_SCALE / 100)


class WholeField(forms.IntegerField):
    """A whole number from `least` to `most`; what is said of any other value names both."""

    def __init__(self, *, missing: str, least: int, most: int, **kwargs: Any) -> None:
        wrong = f"Enter a whole number from {least:,} to {most:,}"
        keys = ("invalid", "min_value", "max_value")
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}))
        messages = {"required": missing, **dict.fromkeys(keys, wrong)}
        super().__init__(min_value=least, max_value=most, error_messages=messages, **kwargs)


class OneOfField(forms.ChoiceField):
    """One of several, as radio buttons."""

    def __init__(self, *, missing: str, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        messages = {"required": missing, "invalid_choice": missing}
        super().__init__(choices=list(choices), error_messages=messages, **kwargs)
