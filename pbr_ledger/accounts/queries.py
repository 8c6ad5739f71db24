"""Which roles a person holds, and what these permit."""

from datetime import date

from django.db import connection
from django.db.models import Q

from pbr_ledger.accounts.models import Person, RoleGrant
from pbr_ledger.accounts.roles import permissions_in
from pbr_ledger.periods import end_of_day


def roles_of(person: Person, on: date) -> frozenset[str]:
    """The keys of the roles that the person holds at the end of the day, in London; none once they have left.

    A role lent `until` a date is held on every day before it.
    """
    evening = end_of_day(on)
    grants = RoleGrant.objects.filter(
        Q(until=None) | Q(until__gt=on),
        Q(revoked_at=None) | Q(revoked_at__gt=evening),
        Q(person__closed_at=None) | Q(person__closed_at__gt=evening),
        person=person,
        granted_at__lte=evening,
    )
    return frozenset(grants.values_list("role", flat=True))


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
