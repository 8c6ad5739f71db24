"""What every change to people has in common: its audit stream, what is refused, and who may make it."""

from collections.abc import Mapping
from datetime import datetime

from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted

PEOPLE_STREAM = "people"
"""The audit stream of everything in this app."""


class AlreadyInstalled(LedgerError):
    """There are people already; they grant further roles."""


class RoleNotGrantable(LedgerError):
    """The role is not for this kind of organisation, or nobody may grant it to themselves."""


class AlreadyClosed(LedgerError):
    """The person has left, or the role was revoked, before."""


class NotByOneself(LedgerError):
    """Somebody else has to do this: nobody closes their own account, or resets their own second factor."""


class AlreadyIn(LedgerError):
    """The person has come in, or the second factor is there, already."""


class AlreadyAsked(LedgerError):
    """Somebody has asked for the same before, and it is still open."""


class OtherDirectoryAccount(LedgerError):
    """The directory knows this person, or this account of its own, as somebody else."""


class LinkNotOpen(LedgerError):
    """The link was used, has expired, was withdrawn, or never was."""


class ResetNotOpen(LedgerError):
    """The request was confirmed, withdrawn, or not confirmed in time."""


class LastFactor(LedgerError):
    """The person would be left without a second factor."""


class TooManyKept(LedgerError):
    """The person keeps as many filters of the list as anybody may."""


class NotYours(NotFound):
    """It belongs to somebody else, and so is not there."""


def require(permitted: bool, otherwise: str) -> None:
    """Raises `NotPermitted` with the sentence unless it is permitted."""
    if not permitted:
        raise NotPermitted(otherwise)


def locked_person(person: Person) -> Person:
    """The person's row as it stands, locked until the transaction ends."""
    return Person.objects.select_for_update(of=("self",)).get(pk=person.pk)


def record(by: Person | None, action: str, subject: str, detail: Mapping[str, object], at: datetime) -> None:
    """Adds to the activity log of people."""
    audit.record(stream=PEOPLE_STREAM, by=by, action=action, subject=subject, detail=detail, at=at)
