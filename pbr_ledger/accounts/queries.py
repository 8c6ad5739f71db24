"""Which roles a person holds, and what these permit."""

from datetime import date

from django.db.models import Q

from pbr_ledger.accounts.models import Person, RoleGrant
from pbr_ledger.accounts.roles import permissions_in
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.periods import day_of, end_of_day


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
    if not Person.objects.filter(pk=person.pk, is_active=True).exists():
        return frozenset()
    return permissions_of(person, day_of(DATABASE_CLOCK.read(after=None)))
