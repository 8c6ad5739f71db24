"""As whom a council's directory knows somebody: kept at the first sign-in from there, released by an administrator."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from pbr_ledger.accounts.models import DirectoryAccount, Person
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.accounts.services.ground import (
    AlreadyClosed,
    NotByOneself,
    OtherDirectoryAccount,
    locked_person,
    record,
    require,
)
from pbr_ledger.accounts.services.sessions import end_sessions
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused

LEFT = "Their account here was closed."
"""Why the directory's account of a leaver is released: whoever comes back gets a new account here."""


@transaction.atomic
def keep_directory_account(*, person: Person, issuer: str, subject: str, clock: Clock) -> DirectoryAccount:
    """As whom this directory knows the person: as it was kept before, or kept now, when they first come from there.

    Raises `OtherDirectoryAccount` where it was somebody else before, here or there; `AlreadyClosed` to a leaver.
    """
    if locked_person(person).closed_at:
        raise AlreadyClosed(f"{person.full_name} has left.")
    same = Q(issuer=issuer, subject=subject)
    kept = list(DirectoryAccount.objects.filter(Q(person=person) | same, released_at=None))
    if any((each.person_id, each.issuer, each.subject) != (person.pk, issuer, subject) for each in kept):
        raise OtherDirectoryAccount(f"The directory knows {person.full_name} as somebody else.")
    return kept[0] if kept else _kept(person, issuer, subject, clock.read(after=None))


@transaction.atomic
def release_directory_account(*, account: DirectoryAccount, reason: str, by: Person, clock: Clock) -> None:
    """Forget as whom the directory knows the person, and sign them out; the next who comes under their address is kept.

    Raises `NotByOneself`, and `AlreadyClosed` when somebody did it before.
    """
    require(may_manage(by, account.person.organisation), "Only an administrator releases a directory account.")
    if account.person_id == by.pk:
        raise NotByOneself("Another administrator has to release your directory account.")
    if not reason.strip():
        raise Refused([Problem("reason", "must not be empty")])
    person = locked_person(account.person)
    locked = DirectoryAccount.objects.get(pk=account.pk)
    if locked.released_at:
        raise AlreadyClosed("The directory account was released before.")
    at = clock.read(after=locked.kept_at)
    _release(locked, reason.strip(), by, at)
    detail = {"account": locked.pk, "reason": reason.strip(), "sessions": end_sessions(person)}
    record(by, "directory_account.released", person.email, detail, at)


def release_of_leaver(account: DirectoryAccount, by: Person, at: datetime) -> None:
    """Release the directory's account of somebody whose account here is being closed."""
    _release(account, LEFT, by, at)


def _kept(person: Person, issuer: str, subject: str, at: datetime) -> DirectoryAccount:
    try:
        with transaction.atomic():
            account = DirectoryAccount.objects.create(person=person, issuer=issuer, subject=subject, kept_at=at)
    except IntegrityError as error:  # somebody else came in under this name at the same moment
        raise OtherDirectoryAccount(f"The directory knows {person.full_name} as somebody else.") from error
    detail = {"account": account.pk, "issuer": issuer, "subject": subject}
    record(person, "directory_account.kept", person.email, detail, at)
    return account


def _release(account: DirectoryAccount, reason: str, by: Person, at: datetime) -> None:
    DirectoryAccount.objects.filter(pk=account.pk).update(released_at=at, released_by=by, reason=reason)
