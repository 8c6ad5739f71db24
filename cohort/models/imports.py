"""Rows that somebody has brought in a file, between reading and recording."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cohort.models.contracts import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.uploads.content import LONGEST_NAME

LONGEST_FILE_NAME = LONGEST_NAME + 20


class PendingImport(models.Model):
    """The rows of a file as they were read, kept until they are recorded, replaced, discarded or out of date.

    One for each person and contract: what another window brought replaces it. `rows` are as
    `cohort.core.sheets.rows.kept` writes them; the file's bytes are not kept. Never changed, by privilege.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="pending_imports")
    brought_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    file_name = models.CharField(max_length=LONGEST_FILE_NAME)
    file_sha256 = models.CharField(max_length=64)
    passed_over = models.JSONField(default=list)
    rows = models.JSONField()

    objects: ClassVar[models.Manager["PendingImport"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "brought_by"], name="pendingimport_one_of_a_person"),
            models.CheckConstraint(condition=~Q(file_name=""), name="pendingimport_file_named"),
            models.CheckConstraint(
                condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$"), name="pendingimport_hash_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
