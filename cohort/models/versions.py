"""What every correctable fact has in common, said once (docs/contract.md 11.3).

A fact is an identity (contract, reference) and its versions. A correction closes the current version and adds the
next. Known at T is the version with `recorded_at <= T < superseded_at`, unless that one is a retraction.
"""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, DateTimeRangeField
from django.db import models
from django.db.models import BaseConstraint, F, Func, Q, Value

from cohort.models.contracts import Contract
from pbr_ledger.accounts.models import Person

MONEY_DIGITS = 20
"""Digits of the largest amount a row holds, two of them behind the point."""


def money(**options: Any) -> "models.DecimalField[Any, Any]":
    """A column of pounds with two places."""
    return models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, **options)


def as_range(field: str) -> Func:
    """The key as a range of one number: GiST compares those without any extension, which a plain number needs."""
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def dates(start: str, until: str) -> Func:
    """The half-open period between two columns; open at its end while `until` is null."""
    return Func(F(start), F(until), function="daterange", output_field=DateRangeField())


def identity_constraints() -> list[BaseConstraint]:
    """What holds for every identity: a reference, once in its contract."""
    return [
        models.UniqueConstraint(fields=["contract", "reference"], name="%(class)s_one_of_a_reference"),
        models.CheckConstraint(condition=~Q(reference=""), name="%(class)s_referenced"),
    ]


def version_constraints(*, needed: list[str], optional: list[str]) -> list[BaseConstraint]:
    """What holds for the versions of every fact, given its columns of content.

    One version is known at any instant; a live one has all that is needed, a retraction no content at all.
    """
    nothing = Q(**dict.fromkeys([*needed, *optional]))
    everything = Q(**{f"{field}__isnull": False for field in needed})
    instants = Func(F("recorded_at"), F("superseded_at"), function="tstzrange", output_field=DateTimeRangeField())
    return [
        models.CheckConstraint(
            condition=Q(superseded_at=None) | Q(superseded_at__gt=F("recorded_at")),
            name="%(class)s_superseded_later",
        ),
        models.UniqueConstraint(fields=["fact"], condition=Q(superseded_at=None), name="%(class)s_one_current"),
        ExclusionConstraint(
            name="%(class)s_one_at_an_instant",
            expressions=[(as_range("fact"), "&&"), (instants, "&&")],
        ),
        models.CheckConstraint(
            condition=(Q(retracted=True) & nothing) | (Q(retracted=False) & everything),
            name="%(class)s_content_unless_retracted",
        ),
    ]


class Identity(models.Model):
    """A fact that stays the same while its versions change. References are compared as text."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    reference = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference


class Version(models.Model):
    """What was known of a fact from `recorded_at` until `superseded_at`, null while it is current.

    Subclasses add the foreign key `fact` and the content.
    """

    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    retracted = models.BooleanField(default=False)

    fact_id: int

    class Meta:
        abstract = True


class DatedRate(models.Model):
    """A weekly price from a date until the next one, and what partners contribute of it.

    As the contribution is not below zero and not above it, the weekly amount is not below zero either. Subclasses add
    the foreign key `version`.
    """

    start = models.DateField()
    weekly = money()
    contribution = money()

    version_id: int

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "start"], name="%(class)s_one_from_a_date"),
            models.CheckConstraint(
                condition=Q(contribution__gte=0, contribution__lte=F("weekly")),
                name="%(class)s_contribution_within_weekly",
            ),
        ]
