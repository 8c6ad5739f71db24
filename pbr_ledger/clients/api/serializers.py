"""Fields and serializers that every room's API is written with: strict in what they take, plain in what they give."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

MONEY = r"^(0|[1-9][0-9]{0,9})\.[0-9]{2}$"
MONEY_GIVEN = r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$"


class StrictSerializer(serializers.Serializer[Any]):
    """Takes what it knows and refuses everything else by name, so that a misspelt field is never passed over."""

    def to_internal_value(self, given: Any) -> Any:
        """The values. Raises `ValidationError` for each field that is wrong or not known."""
        if isinstance(given, Mapping):
            unknown = {str(name): ["There is no such field."] for name in given if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(given)


class Nothing(StrictSerializer):
    """An empty object: everything is said by the address and `If-Match`."""


def checked(form: type[StrictSerializer], given: Any) -> dict[str, Any]:
    """The body, checked. Raises `ValidationError`."""
    asked = form(data=given)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


@extend_schema_field({"type": "string", "pattern": MONEY, "examples": ["15298.90"]})
class AmountField(serializers.Field[Decimal, Any, str, Any]):
    """Takes an amount above or at zero in pounds and pence, as a string: numbers lose pennies on their way."""

    def to_internal_value(self, given: Any) -> Decimal:
        """The amount."""
        if not isinstance(given, str) or not re.fullmatch(MONEY, given, re.ASCII):
            raise serializers.ValidationError('Has to be pounds and pence as a string: "15298.90".')
        return Decimal(given)

    def to_representation(self, amount: Decimal) -> str:
        """The amount with its two decimals."""
        return f"{amount:.2f}"


@extend_schema_field({"type": "string", "pattern": MONEY_GIVEN, "examples": ["15298.90"]})
class MoneyField(serializers.Field[Decimal, Any, str, Any]):
    """Gives an amount in pounds and pence, as a string with two decimals."""

    def to_representation(self, amount: Decimal) -> str:
        """The amount with its two decimals."""
        return f"{amount:.2f}"


class IdField(serializers.RegexField):
    """The opaque id of a row: a short word for what it is, and something that means nothing to a client."""

    default_error_messages = {"invalid": "There is no such id."}

    def __init__(self, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(rf"^{prefix}_[1-9][0-9]{{0,17}}$", **options)

    def to_internal_value(self, given: Any) -> int:  # type: ignore[override] # ids are numbers inside
        """The key."""
        return int(self.run_pattern(given).removeprefix(f"{self.prefix}_"))

    def run_pattern(self, given: Any) -> str:
        """The text, once it has the form. Raises `ValidationError`."""
        if not isinstance(given, str) or not re.fullmatch(rf"{self.prefix}_[1-9][0-9]{{0,17}}", given, re.ASCII):
            self.fail("invalid")
        return given

    def run_validators(self, value: Any) -> None:
        """Nothing more: the form was looked at already."""

    def to_representation(self, key: Any) -> str:
        """The id."""
        return f"{self.prefix}_{key}"


class YesOrNoField(serializers.BooleanField):
    """Takes true or false, and no word that means either."""

    def to_internal_value(self, data: Any) -> bool:
        """The value. Raises `ValidationError` for anything but the two."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class PageQuery(StrictSerializer):
    """Which page of a list."""

    after = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,40}$", required=False, help_text="The cursor from `next` of the page before."
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50, help_text="How many at most.")


class ProblemKindSerializer(serializers.Serializer[Any]):
    """What a kind of problem means."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    remedy = serializers.CharField(help_text="What a client does about it.")
