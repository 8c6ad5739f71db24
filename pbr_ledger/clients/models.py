"""Programs that use the API, and the answers kept for them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from oauth2_provider.models import Application

from pbr_ledger.accounts.models import Organisation, Person

SHA256 = r"^[0-9a-f]{64}$"


class ApiClient(models.Model):
    """A program of an organisation: `application` holds its credentials, `person` is who it acts as.

    `scopes` are the most that its tokens permit; with `networks`, addresses elsewhere are turned away. One that is
    closed stays, for the history.
    """

    name = models.CharField(max_length=100)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="api_client")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="api_client")
    scopes = ArrayField(models.TextField())
    networks = ArrayField(models.TextField(), default=list, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ApiClient"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(scopes=[]), name="api_client_named_and_may_something"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="api_client_closed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.organisation}"

    @property
    def organisation(self) -> Organisation:
        """The organisation that it belongs to."""
        return self.person.organisation


class KeptAnswer(models.Model):
    """What a client was answered when it moved money, under the key it chose: said again for the same request.

    Where it made something else, `body` is the key of that row alone. `digest` is that of the request: its method,
    address and body. Append-only by trigger and by privilege.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="kept_answers")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    answered_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager["KeptAnswer"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "key"], name="kept_answer_once_a_key"),
            models.CheckConstraint(condition=~Q(key=""), name="kept_answer_has_a_key"),
            models.CheckConstraint(condition=Q(digest__regex=SHA256), name="kept_answer_digest_is_sha256"),
            models.CheckConstraint(condition=Q(status__gte=200, status__lt=300), name="kept_answer_was_done"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.client}"


class RequestCount(models.Model):
    """How many requests came from one source in its current minute (of those since 1970)."""

    source = models.CharField(max_length=100, primary_key=True)
    minute = models.BigIntegerField()
    requests = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["RequestCount"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(requests__gt=0), name="request_count_above_zero")]

    def __str__(self) -> str:
        return f"{self.requests} from {self.source}"
