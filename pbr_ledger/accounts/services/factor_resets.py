"""A lost second factor: one administrator asks for its reset, another one confirms it; neither for themselves."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from pbr_ledger.accounts.models import FactorReset, Person
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.accounts.services.ground import (
    AlreadyAsked,
    AlreadyClosed,
    NotByOneself,
    ResetNotOpen,
    locked_person,
    record,
    require,
)
from pbr_ledger.accounts.services.sessions import end_sessions
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.jobs.services import enqueue

MAIL_RESET = "factor-reset.mail"
"""The kind of job that tells the person; its key is the reset's."""
RESET_LASTS = timedelta(days=2)


@transaction.atomic
def ask_for_factor_reset(*, person: Person, reason: str, by: Person, clock: Clock) -> FactorReset:
    """The request that the person's second factor be reset, for another administrator to confirm within two days.

    Raises `AlreadyAsked` while one is open, `NotByOneself`, `AlreadyClosed`.
    """
    _check_by(person, by)
    if not reason.strip():
        raise Refused([Problem("reason", "must not be empty")])
    if locked_person(person).closed_at:
        raise AlreadyClosed(f"{person.full_name} has left.")
    at = clock.read(after=None)
    unfinished = FactorReset.objects.filter(person=person, confirmed_at=None, withdrawn_at=None)
    if unfinished.filter(expires_at__gt=at).exists():
        raise AlreadyAsked("The reset has been asked for already: another administrator has to confirm it.")
    unfinished.update(withdrawn_at=at, withdrawn_by=by)  # it expired unconfirmed
    reset = FactorReset.objects.create(
        person=person, reason=reason.strip(), asked_by=by, asked_at=at, expires_at=at + RESET_LASTS
    )
    record(by, "second_factor.reset_asked", person.email, {"reset": reset.pk, "reason": reset.reason}, at)
    return reset


@transaction.atomic
def confirm_factor_reset(*, reset: FactorReset, by: Person, clock: Clock) -> None:
    """Take the person's second factors and recovery codes away, and sign them out; they set up new ones.

    Raises `NotByOneself` to whoever asked for it, and to the person. The person is told by mail.
    """
    locked, at = _locked(reset, by, clock)
    if locked.asked_by_id == by.pk:
        raise NotByOneself("You asked for this reset: another administrator has to confirm it.")
    FactorReset.objects.filter(pk=locked.pk).update(confirmed_by=by, confirmed_at=at)
    removed, _ = Authenticator.objects.filter(user=locked.person).delete()
    detail = {"reset": locked.pk, "removed": removed, "sessions": end_sessions(locked.person)}
    record(by, "second_factor.reset", locked.person.email, detail, at)
    enqueue(kind=MAIL_RESET, key=str(locked.pk), subject=str(locked), organisation_id=locked.person.organisation_id)


@transaction.atomic
def withdraw_factor_reset(*, reset: FactorReset, by: Person, clock: Clock) -> None:
    """Let the request drop: the factor was found, or the request was none of the person's."""
    locked, at = _locked(reset, by, clock)
    FactorReset.objects.filter(pk=locked.pk).update(withdrawn_by=by, withdrawn_at=at)
    record(by, "second_factor.reset_withdrawn", locked.person.email, {"reset": locked.pk}, at)


def _check_by(person: Person, by: Person) -> None:
    require(may_manage(by, person.organisation), "Only an administrator resets a second factor.")
    if person.pk == by.pk:
        raise NotByOneself("Other administrators have to reset your second factor.")


def _locked(reset: FactorReset, by: Person, clock: Clock) -> tuple[FactorReset, datetime]:
    """The request and now, once the person's row is locked. Raises `ResetNotOpen`."""
    _check_by(reset.person, by)
    locked_person(reset.person)
    locked = FactorReset.objects.select_related("person__organisation").get(pk=reset.pk)
    at = clock.read(after=locked.asked_at)
    if locked.confirmed_at or locked.withdrawn_at or locked.expires_at <= at:
        raise ResetNotOpen("This request was confirmed, withdrawn, or not confirmed in time.")
    return locked, at
