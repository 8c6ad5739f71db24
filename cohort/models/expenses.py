"""Expenses of the provider's family support workers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cohort.models.versions import Identity, Version, identity_constraints, money, version_constraints


class Expense(Identity):
    """Travel, invoiced separately."""

    objects: ClassVar[models.Manager["Expense"]] = models.Manager()

    class Meta:
        constraints: ClassVar = identity_constraints()


class ExpenseVersion(Version):
    """On which day, of what kind, how much and for what."""

    fact = models.ForeignKey(Expense, on_delete=models.PROTECT, related_name="versions")
    day = models.DateField(null=True)
    category = models.TextField(null=True)  # noqa: DJ001 - a retraction has no content at all
    amount = money(null=True)
    description = models.TextField(null=True, blank=True)  # noqa: DJ001 - a retraction has no content at all

    objects: ClassVar[models.Manager["ExpenseVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            *version_constraints(needed=["day", "category", "amount", "description"], optional=[]),
            models.CheckConstraint(condition=Q(amount__gte=0), name="expenseversion_amount_not_negative"),
            models.CheckConstraint(condition=~Q(category=""), name="expenseversion_category_named"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} as recorded {self.recorded_at}"
