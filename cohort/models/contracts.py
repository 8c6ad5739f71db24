"""Contracts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from pbr_ledger.accounts.models import Organisation


class Contract(models.Model):
    """One payment-by-results agreement. Its row is the lock under which everything about it is recorded.

    `last_stamped_at` is the latest instant at which anything about it was recorded; the next one is later.
    """

    reference = models.CharField(max_length=100, unique=True)
    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts_as_council")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts_as_provider")
    agent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts_as_agent")
    title = models.CharField(max_length=200)
    decision_reference = models.CharField(max_length=100)
    decision_on = models.DateField()
    last_stamped_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Contract"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reference=""), name="contract_referenced"),
            models.CheckConstraint(
                condition=~Q(council=F("provider")) & ~Q(council=F("agent")) & ~Q(provider=F("agent")),
                name="contract_three_different_parties",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
