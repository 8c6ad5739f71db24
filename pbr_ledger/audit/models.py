"""The activity log: rows that are only ever added, chained by hash within a stream."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

GENESIS = "0" * 64
"""What the first event of a stream carries as the hash before it."""
ERASED = "retention.erased"
"""The action of an event that tells what was destroyed because its time to be kept was over."""


class AuditStream(models.Model):
    """The head of one chain: how long it is and its last hash. Its row is the lock under which the chain grows."""

    name = models.CharField(max_length=200, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default=GENESIS)

    objects: ClassVar[models.Manager["AuditStream"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="audit_stream_named"),
            models.CheckConstraint(condition=Q(head_hash__regex=r"^[0-9a-f]{64}$"), name="audit_stream_head_is_sha256"),
            models.CheckConstraint(
                condition=Q(length=0, head_hash=GENESIS) | (Q(length__gt=0) & ~Q(head_hash=GENESIS)),
                name="audit_stream_empty_at_genesis",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """One thing that somebody did. The actor is copied as text, so that nothing has to be looked up to read it.

    `erased_by` is the number of the event further on in its stream that tells why what this one said was destroyed, and
    seals what is left of it (docs/adr/0024-erasing-without-breaking-the-chain.md); null for an event that is whole.
    """

    stream = models.ForeignKey(AuditStream, on_delete=models.PROTECT, db_column="stream", related_name="events")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_email = models.CharField(max_length=254, blank=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    subject = models.TextField()
    detail = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    erased_by = models.PositiveBigIntegerField(null=True, blank=True)

    objects: ClassVar[models.Manager["AuditEvent"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="audit_event_one_at_each_place"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="audit_event_counts_from_one"),
            models.CheckConstraint(
                condition=Q(hash__regex=r"^[0-9a-f]{64}$") & Q(previous_hash__regex=r"^[0-9a-f]{64}$"),
                name="audit_event_hashes_are_sha256",
            ),
            models.CheckConstraint(condition=~Q(action="") & ~Q(actor_name=""), name="audit_event_says_who_and_what"),
            models.CheckConstraint(
                condition=Q(erased_by=None) | Q(erased_by__gt=F("sequence")), name="audit_event_erased_by_a_later_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.sequence}: {self.action}"
