"""What is said about a claim beside the fact: reasons, questions and answers, in the order in which they were said."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cohort.core.facts import CLAIM_STATUSES
from cohort.models.placements import Claim
from pbr_ledger.accounts.models import Person

LONGEST_TEXT = 4000


class ClaimNote(models.Model):
    """A reason given with a new status, or a message that changed none. Append-only by trigger and by privilege.

    `written_at` is the instant at which the status was recorded, so that the two stand together in every list.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="notes")
    status = models.CharField(max_length=20, blank=True, default="")
    text = models.TextField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ClaimNote"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="claimnote_says_something"),
            models.CheckConstraint(condition=Q(status__in=["", *CLAIM_STATUSES]), name="claimnote_status_known"),
            models.UniqueConstraint(fields=["claim", "written_at"], name="claimnote_one_at_an_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.status or 'message'}"
