"""Coming in: nobody signs up; an administrator invites, and the invited person chooses a password."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from pbr_ledger.accounts.models import INVITATION, OneTimeLink, Organisation, Person
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.accounts.services.ground import AlreadyClosed, AlreadyIn, locked_person, record, require
from pbr_ledger.accounts.services.links import INVITATION_LASTS, made_link, used_link
from pbr_ledger.accounts.services.passwords import keep_password
from pbr_ledger.accounts.services.people import create_person, grant_role
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused


@transaction.atomic
def invite(
    *,
    organisation: Organisation,
    email: str,
    full_name: str,
    roles: Collection[str],
    until: date | None = None,
    by: Person,
    clock: Clock,
) -> Person:
    """A new person of the organisation who holds the roles, and a link by mail with which they choose a password.

    With `until` the roles are lent until that day. The link works once, for seven days.
    """
    if not roles:
        raise Refused([Problem("roles", "choose at least one")])
    person = create_person(
        organisation=organisation, email=email, full_name=full_name, password=None, by=by, clock=clock
    )
    for role in roles:
        grant_role(person=person, role=role, until=until, by=by, clock=clock)
    _invite(person, by, clock)
    return person


@transaction.atomic
def invite_again(*, person: Person, by: Person, clock: Clock) -> OneTimeLink:
    """A new link for somebody who has not come in yet; the old one stops working.

    Raises `AlreadyIn` and `AlreadyClosed`.
    """
    require(may_manage(by, person.organisation), "Only an administrator invites people.")
    locked = locked_person(person)
    if locked.closed_at:
        raise AlreadyClosed(f"{person.full_name} has left.")
    if locked.has_usable_password() or locked.is_program:
        raise AlreadyIn(f"{person.full_name} has an account already.")
    return _invite(person, by, clock)


@transaction.atomic
def accept_invitation(*, token: str, password: str, clock: Clock) -> Person:
    """The person of this link, who has chosen the password. Raises `LinkNotOpen`, and `Refused` for a weak password."""
    at = clock.read(after=None)
    link = used_link(token, INVITATION, at)
    keep_password(link.person, password)
    record(link.person, "invitation.accepted", link.person.email, {"link": link.pk}, at)
    return link.person


def _invite(person: Person, by: Person, clock: Clock) -> OneTimeLink:
    at = clock.read(after=None)
    link = made_link(person, INVITATION, INVITATION_LASTS, by, at)
    record(by, "invitation.made", person.email, {"link": link.pk, "expires": link.expires_at.isoformat()}, at)
    return link
