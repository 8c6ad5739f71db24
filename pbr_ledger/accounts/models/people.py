"""Organisations, people, the roles granted to them, and the filters that they keep."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from pbr_ledger.accounts.identifiers import (
    COMPANY_NUMBER,
    ELECTRONIC_SCHEMES,
    LONGEST_IDENTIFIER,
    VAT_NUMBER,
)
from pbr_ledger.accounts.roles import ORGANISATION_KINDS, ROLES


class Organisation(models.Model):
    """A council, a provider or a paying agent. `reference` is its short name in addresses and commands.

    `vat_number` is kept as `GB123456782`; `electronic_identifier` is where it receives electronic invoices, in the
    scheme of that code in the EAS list. Each may be empty.
    """

    reference = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20)
    address = models.TextField(blank=True, default="")
    vat_number = models.CharField(max_length=14, blank=True, default="")
    company_number = models.CharField(max_length=8, blank=True, default="")
    electronic_scheme = models.CharField(max_length=4, blank=True, default="")
    electronic_identifier = models.CharField(max_length=LONGEST_IDENTIFIER, blank=True, default="")

    objects: ClassVar[models.Manager["Organisation"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ORGANISATION_KINDS), name="organisation_kind_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(reference=""), name="organisation_named"),
            models.CheckConstraint(
                condition=Q(vat_number="") | Q(vat_number__regex=VAT_NUMBER), name="organisation_vat_number_british"
            ),
            models.CheckConstraint(
                condition=Q(company_number="") | Q(company_number__regex=COMPANY_NUMBER),
                name="organisation_company_number_british",
            ),
            models.CheckConstraint(
                condition=Q(electronic_scheme="", electronic_identifier="")
                | (Q(electronic_scheme__in=ELECTRONIC_SCHEMES) & ~Q(electronic_identifier="")),
                name="organisation_electronic_address_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


QUERY = r"^[a-z_]+=[A-Za-z0-9_.~%+-]+(&[a-z_]+=[A-Za-z0-9_.~%+-]+)*$"
"""Of a list's address, the part that says how it is narrowed and sorted: it can lead nowhere else."""
PROGRAMS = "@clients.invalid"
"""How the addresses of programs end, which act as persons and never sign in."""


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the e-mail address with which they sign in."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person with this address, in whatever case it is typed."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Someone who signs in. A leaver is closed, never deleted; what they did keeps their name.

    With `shortcuts`, single keys do something on their pages.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    shortcuts = models.BooleanField(default=True, db_default=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower(F("email"))) & ~Q(email=""), name="person_email_lower_case"),
            models.CheckConstraint(condition=~Q(full_name=""), name="person_named"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(is_active=False), name="person_closed_is_inactive"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_program(self) -> bool:
        """Whether a program acts as this person, so that nobody signs in."""
        return self.email.endswith(PROGRAMS)


class RoleGrant(models.Model):
    """A role given to a person, by whom and when; `until`, for a deputy, is the first day without it.

    Only the first administrator's grant has no `granted_by`: nobody was there yet to give it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=30)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    granted_at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[models.Manager["RoleGrant"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="role_grant_role_known"),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")), name="role_grant_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=False) | Q(role="administrator"), name="role_grant_has_a_giver"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_at__gt=F("granted_at")),
                name="role_grant_revoked_by_someone_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{ROLES[self.role].name} for {self.person}"


class KeptFilter(models.Model):
    """What narrows and sorts a list, under a name that a person gave it, for this person alone.

    `listing` is the name of the list's address; `query` the part of an address after its question mark.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kept_filters")
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    kept_at = models.DateTimeField()

    objects: ClassVar[models.Manager["KeptFilter"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(F("person"), F("listing"), Lower("name"), name="kept_filter_name_once_a_list"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(listing=""), name="kept_filter_named"),
            models.CheckConstraint(condition=Q(query__regex=QUERY), name="kept_filter_is_a_query"),
        ]

    def __str__(self) -> str:
        return self.name
