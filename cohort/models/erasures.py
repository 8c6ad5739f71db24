"""Contracts whose time to be kept is over, and what was destroyed of them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cohort.models.contracts import Contract
from pbr_ledger.accounts.models import Person


class Erasure(models.Model):
    """What stands where a contract's children, carers and files stood: when they were destroyed, why, and how many.

    `ends_on` is the day from which the years were counted, `due_on` the first on which it was allowed. `rows` has the
    number of rows destroyed and reduced by table. `files_left` are the names of files that were still on disk when the
    rows were gone; it only grows shorter. Written by the tables' owner alone.
    """

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="erasure", primary_key=True)
    ends_on = models.DateField()
    due_on = models.DateField()
    erased_at = models.DateTimeField()
    ordered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    rows = models.JSONField()
    files = models.PositiveIntegerField()
    files_left = ArrayField(models.CharField(max_length=32), default=list, blank=True)

    objects: ClassVar[models.Manager["Erasure"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.contract}: erased"
