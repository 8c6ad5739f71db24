"""How people come in: links by mail, second factors reset, and who they are in a council's directory."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from pbr_ledger.accounts.models.people import Person

INVITATION = "invitation"
PASSWORD_RESET = "password_reset"  # noqa: S105 - the purpose of a link
LINK_PURPOSES = (INVITATION, PASSWORD_RESET)


class OneTimeLink(models.Model):
    """A link that was mailed to a person, with which they choose a password, once and before it expires.

    Only the SHA-256 of what stands in the address is kept. `made_by` is empty where the person asked for it, and in the
    first administrator's, which was shown at a shell.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="one_time_links")
    purpose = models.CharField(max_length=20)
    seed = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["OneTimeLink"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(purpose__in=LINK_PURPOSES), name="one_time_link_purpose_known"),
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - a pattern
                name="one_time_link_hash_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(purpose=PASSWORD_RESET) | (Q(made_by__isnull=False) & ~Q(made_by=F("person"))),
                name="one_time_link_invitation_by_another",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="one_time_link_expires_later"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gt=F("made_at"), used_at__lt=F("expires_at")),
                name="one_time_link_used_in_time",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(withdrawn_at=None), name="one_time_link_used_or_withdrawn"
            ),
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(used_at=None, withdrawn_at=None),
                name="one_time_link_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose.replace('_', ' ').capitalize()} of {self.person}"


class FactorReset(models.Model):
    """That a person lost their second factor: one administrator asks for the reset, another one confirms it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.TextField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["FactorReset"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="factor_reset_has_a_reason"),
            models.CheckConstraint(condition=~Q(asked_by=F("person")), name="factor_reset_asked_by_another"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="factor_reset_expires_later"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | (~Q(confirmed_by=F("person")) & ~Q(confirmed_by=F("asked_by"))),
                name="factor_reset_confirmed_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    confirmed_at__gt=F("asked_at"),
                    confirmed_at__lt=F("expires_at"),
                ),
                name="factor_reset_confirmed_in_time",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, confirmed_at=None),
                name="factor_reset_confirmed_or_withdrawn",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at=None, withdrawn_at=None), name="factor_reset_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"Reset of {self.person}'s second factor"


LONGEST_ISSUER, LONGEST_SUBJECT = 300, 255


class DirectoryAccount(models.Model):
    """As whom a council's directory knows a person: its `subject` for them, which it never gives to anybody else.

    Kept when they first sign in from there, and the same ever after, whatever e-mail address the directory states.
    `reason` says why it was released: the directory was replaced, or the person has left.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="directory_accounts")
    issuer = models.CharField(max_length=LONGEST_ISSUER)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    kept_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["DirectoryAccount"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(subject=""), name="directory_account_named"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, reason="")
                | (Q(released_at__gt=F("kept_at"), released_by__isnull=False) & ~Q(reason="")),
                name="directory_account_released_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("person")),
                name="directory_account_released_by_another",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(released_at=None), name="directory_account_one_for_a_person"
            ),
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=Q(released_at=None), name="directory_account_of_one_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.issuer}"
