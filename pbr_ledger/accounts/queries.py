"""Which roles a person holds and what these permit; which links, second factors, accounts and requests are open."""

import hashlib
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from pbr_ledger.accounts.models import DirectoryAccount, FactorReset, OneTimeLink, Organisation, Person, RoleGrant
from pbr_ledger.accounts.roles import COUNCIL, permissions_in
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.periods import day_of, end_of_day


def roles_of(person: Person, on: date) -> frozenset[str]:
    """The keys of the roles that the person holds at the end of the day, in London; none once they have left.

    A role lent `until` a date is held on every day before it.
    """
    return frozenset(grants_held(person, on).values_list("role", flat=True))


def grants_held(person: Person, on: date) -> "QuerySet[RoleGrant]":
    """The grants by which the person holds roles at the end of the day; none once they have left."""
    return grants_in_force(on).filter(person=person)


def grants_in_force(on: date) -> "QuerySet[RoleGrant]":
    """Everybody's grants that hold at the end of the day."""
    evening = end_of_day(on)
    return RoleGrant.objects.filter(
        Q(until=None) | Q(until__gt=on),
        Q(revoked_at=None) | Q(revoked_at__gt=evening),
        Q(person__closed_at=None) | Q(person__closed_at__gt=evening),
        granted_at__lte=evening,
    )


def permissions_of(person: Person, on: date) -> frozenset[str]:
    """Everything that the person may do on the day."""
    return permissions_in(roles_of(person, on))


def permissions_now(person: Person) -> frozenset[str]:
    """Everything that the person may do today, by the database's clock; nothing once their account is shut.

    Services ask this even when they are handed stated instants: those say when a thing became known, not when
    somebody acts.
    """
    return permissions_in(roles_now(person))


def roles_now(person: Person) -> frozenset[str]:
    """The keys of the roles that the person holds today, by the database's clock; none once their account is shut."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLES_NOW, [person.pk])
        return frozenset(role for (role,) in cursor.fetchall())


_ROLES_NOW = """
    SELECT role FROM accounts_rolegrant held JOIN accounts_person person ON person.id = held.person_id
    CROSS JOIN LATERAL (SELECT (clock_timestamp() AT TIME ZONE 'Europe/London')::date AS today) clock
    CROSS JOIN LATERAL (
        SELECT (today + 1)::timestamp AT TIME ZONE 'Europe/London' - interval '1 microsecond' AS evening
    ) day
    WHERE person.id = %s AND is_active AND (closed_at IS NULL OR closed_at > evening)
        AND granted_at <= evening AND (revoked_at IS NULL OR revoked_at > evening) AND (until IS NULL OR until > today)
"""
"""`roles_of` for today, and of an account that is not shut: every change asks this, so it is one question."""


MAIN_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What is a second factor by itself; recovery codes only stand in for one."""


def main_factors(person: Person) -> "QuerySet[Authenticator]":
    """The person's second factors, without the recovery codes, the oldest first."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=MAIN_FACTORS)
    return factors.order_by("pk")


def link_hash(token: str) -> str:
    """What is kept of a link's token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def links_open(at: datetime) -> "QuerySet[OneTimeLink]":
    """The links that work at this instant."""
    return OneTimeLink.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=at, person__is_active=True)


def open_link(token: str, purpose: str) -> OneTimeLink | None:
    """The link of this token, if it works now, by the database's clock."""
    links = links_open(DATABASE_CLOCK.read(after=None)).filter(purpose=purpose, token_hash=link_hash(token))
    return links.select_related("person__organisation").first()


def directory_account_of(person: Person) -> DirectoryAccount | None:
    """As whom the council's directory knows the person; None before they have signed in from there."""
    return DirectoryAccount.objects.filter(person=person, released_at=None).first()


def person_in_directory(issuer: str, subject: str) -> Person | None:
    """Who is kept as this account of that directory."""
    kept = DirectoryAccount.objects.filter(issuer=issuer, subject=subject, released_at=None)
    return Person.objects.filter(directory_accounts__in=kept).first()


def open_factor_reset(person: Person) -> FactorReset | None:
    """The request to reset the person's second factor that waits to be confirmed now, if there is one."""
    now = DATABASE_CLOCK.read(after=None)
    waiting = FactorReset.objects.filter(person=person, confirmed_at=None, withdrawn_at=None, expires_at__gt=now)
    return waiting.select_related("asked_by").first()


def resets_to_confirm(administrator: Person) -> "QuerySet[FactorReset]":
    """The requests that wait for this administrator: made by another one, for somebody else whom this one keeps."""
    now = DATABASE_CLOCK.read(after=None)
    waiting = FactorReset.objects.filter(
        person__organisation__in=organisations_of(administrator),
        person__closed_at=None,
        confirmed_at=None,
        withdrawn_at=None,
        expires_at__gt=now,
    )
    theirs = waiting.exclude(asked_by=administrator).exclude(person=administrator)
    return theirs.select_related("person", "asked_by").order_by("expires_at")


ADMINISTRATORS_NEEDED = 2
"""So many keep an organisation: nobody keeps themselves, and two reset a second factor."""


def organisations_of(administrator: Person) -> "QuerySet[Organisation]":
    """The organisations whose people this administrator keeps, by name.

    It is their own. A council's keep those too that do not keep themselves, for want of two administrators: so a new
    organisation can be set up, and once it stands by itself no other council comes in through it.
    """
    kept = Q(pk=administrator.organisation_id)
    if administrator.organisation.kind == COUNCIL:
        kept |= ~Q(pk__in=_that_keep_themselves())
    return Organisation.objects.filter(kept).order_by("name")


def _that_keep_themselves() -> "QuerySet[RoleGrant, int]":
    """The keys of the organisations that have two administrators of their own today."""
    today = day_of(DATABASE_CLOCK.read(after=None))
    grants = grants_in_force(today).filter(role="administrator", person__is_active=True)
    people = grants.values("person__organisation").annotate(count=Count("person", distinct=True))
    return people.filter(count__gte=ADMINISTRATORS_NEEDED).values_list("person__organisation", flat=True)


def people_of(administrator: Person, *, left: bool = False, search: str = "") -> "QuerySet[Person]":
    """The people whom this administrator keeps, by name: those with an account, or those who have left."""
    people = Person.objects.filter(organisation__in=organisations_of(administrator), closed_at__isnull=not left)
    if search:
        people = people.filter(Q(full_name__icontains=search) | Q(email__icontains=search))
    return people.select_related("organisation").order_by(Lower("full_name"), "pk")
