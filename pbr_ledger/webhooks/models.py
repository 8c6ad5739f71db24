"""Endpoints, their secrets, what is delivered to them, and every attempt at it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.webhooks.addresses import LONGEST_URL
from pbr_ledger.webhooks.lifecycles import (
    ACTIVE,
    CLOSED,
    DELIVERY,
    DISABLED,
    ENDPOINT,
    UNVERIFIED,
    WAITING,
)

BY_HAND = "by hand"
FAILING = "failing"
GONE = "gone"
REASONS = (BY_HAND, FAILING, GONE)
"""Why an endpoint is disabled: somebody did it, nothing was delivered for two days, or it said 410 Gone."""


class Endpoint(models.Model):
    """Where an organisation is told of what happens. Once it was verified, what happens is kept for it until it closes.

    `moved_at` is when its address was last given: only answers from there verify it. Never deleted.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.CharField(max_length=LONGEST_URL)
    description = models.CharField(max_length=100, blank=True, default="")
    events = ArrayField(models.TextField())
    state = models.CharField(max_length=20, default=UNVERIFIED)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=10, blank=True, default="")
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Endpoint"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ENDPOINT.statuses), name="endpoint_state_known"),
            models.CheckConstraint(condition=~Q(url="") & ~Q(events=[]), name="endpoint_of_something"),
            models.CheckConstraint(
                condition=~Q(state__in=(ACTIVE, DISABLED)) | Q(verified_at__isnull=False),
                name="endpoint_active_was_verified",
            ),
            models.CheckConstraint(
                condition=Q(state=DISABLED, disabled_at__isnull=False, disabled_because__in=REASONS)
                | ~Q(state=DISABLED) & Q(disabled_at=None, disabled_because=""),
                name="endpoint_disabled_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | ~Q(state=CLOSED) & Q(closed_at=None, closed_by=None),
                name="endpoint_closed_by_someone",
            ),
            models.UniqueConstraint(
                fields=["organisation", "url"], condition=~Q(state=CLOSED), name="endpoint_once_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class EndpointSecret(models.Model):
    """What messages are signed with, enciphered. The one without an end is the newest; an earlier one ends soon."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="secrets")
    enciphered = models.TextField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["EndpointSecret"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ends_at=None), name="endpoint_secret_one_without_end"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("made_at")),
                name="endpoint_secret_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"Secret of {self.endpoint}"


class Delivery(models.Model):
    """One message to one endpoint, written in the transaction of what it tells.

    `about` names what it concerns (`inv_7`): of deliveries to an endpoint that have a name in common, a later one
    waits until the earlier ones have ended. `round` counts how often it was set going: each time it has all its
    attempts before it. `due_at` is when the next one is due; a waiting one without it waits for its turn, or for its
    endpoint to be active again.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    message_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    about = ArrayField(models.TextField(), blank=True, default=list)
    data = models.JSONField()
    state = models.CharField(max_length=20, default=WAITING, db_default=WAITING)
    round = models.PositiveIntegerField(default=1, db_default=1)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="delivery_once_an_endpoint"),
            models.CheckConstraint(condition=Q(state__in=DELIVERY.statuses), name="delivery_state_known"),
            models.CheckConstraint(condition=~Q(message_id="") & ~Q(kind=""), name="delivery_of_something"),
            models.CheckConstraint(condition=Q(round__gte=1), name="delivery_round_from_one"),
            models.CheckConstraint(
                condition=Q(state=WAITING, ended_at=None) | ~Q(state=WAITING) & Q(ended_at__isnull=False, due_at=None),
                name="delivery_ended_exactly_when_not_waiting",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "id"], condition=Q(state=WAITING), name="delivery_waiting_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Attempt(models.Model):
    """One request: when, how long it took, and what came of it. Append-only by trigger and by privilege.

    `status` is None without an answer. `excerpt` is the beginning of an answer that was no yes, of 200 characters.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    round = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    excerpt = models.CharField(max_length=200, blank=True, default="")

    objects: ClassVar[models.Manager["Attempt"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "round", "number"], name="attempt_once_a_number"),
            models.CheckConstraint(condition=Q(round__gte=1, number__gte=1), name="attempt_counted_from_one"),
            models.CheckConstraint(
                condition=Q(status__isnull=False, status__gte=200, status__lt=300) | ~Q(error=""),
                name="attempt_that_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} at {self.delivery}"
