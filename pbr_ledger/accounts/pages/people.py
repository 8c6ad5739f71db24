"""What the pages about people show, and to which administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pbr_ledger.accounts.models import INVITATION, DirectoryAccount, FactorReset, OneTimeLink, Person, RoleGrant
from pbr_ledger.accounts.queries import (
    MAIN_FACTORS,
    directory_account_of,
    grants_in_force,
    main_factors,
    open_factor_reset,
)
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.accounts.rules import may_manage, may_manage_people
from pbr_ledger.accounts.services import MAIL_LINK
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import DONE, FAILED
from pbr_ledger.jobs.queries import job_for
from pbr_ledger.listing import Column
from pbr_ledger.lists import ANY_TEXT, ListPage
from pbr_ledger.pages import person_of
from pbr_ledger.periods import day_of
from pbr_ledger.sorting import Sort, keys_of
from pbr_ledger.words import day_shown, instant_shown

HERE, INVITED, NO_FACTOR, LEFT, PROGRAM = "Active", "Invited", "No second factor yet", "Has left", "Program"


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person in the list."""

    pk: int
    name: str
    email: str
    organisation: str
    roles: tuple[str, ...]
    state: str


COLUMNS: tuple[Column, ...] = (
    ("Name", lambda row: row.name),
    ("E-mail", lambda row: row.email),
    ("Organisation", lambda row: row.organisation),
    ("Roles", lambda row: ", ".join(row.roles) or "None"),
    ("Status", lambda row: row.state),
)
"""The list as a file."""
SORTS = (
    Sort("name", "Name", Lower("full_name")),
    Sort("organisation", "Organisation", Lower("organisation__name")),
)
LIST = ListPage("people", "People", {"q": ANY_TEXT, "show": frozenset({"left"})}, keys_of(SORTS), of_contract=False)


@dataclass(frozen=True, slots=True)
class GrantShown:
    """A role of a person: since when, by whom, until when, and whether it holds now."""

    pk: int
    role: str
    since: str
    by: str
    until: str
    ended: str


def administrator_of(request: HttpRequest) -> Person:
    """Whoever is signed in, as an administrator. Everybody else is forbidden."""
    person = person_of(request)
    if not may_manage_people(person):
        raise PermissionDenied("Only an administrator looks after people.")
    return person


def person_for(administrator: Person, person_id: int) -> Person:
    """The person, if this administrator keeps them; else there is nobody."""
    found = Person.objects.select_related("organisation").filter(pk=person_id).first()
    if found is None or not may_manage(administrator, found.organisation):
        raise Http404
    return found


def forbid_oneself(person: Person, by: Person) -> None:
    """Nobody keeps themselves: that is for another administrator."""
    if person.pk == by.pk:
        raise PermissionDenied("Another administrator has to do this for you.")


def people_shown(people: "QuerySet[Person] | Sequence[Person]") -> list[PersonShown]:
    """These people with their roles and whether they have come in, in three queries however many they are."""
    rows = list(people)
    roles: dict[int, list[str]] = {}
    today = day_of(DATABASE_CLOCK.read(after=None))
    for grant in grants_in_force(today).filter(person__in=rows).order_by("granted_at"):
        roles.setdefault(grant.person_id, []).append(ROLES[grant.role].name)
    with_factor = set(
        Authenticator.objects.filter(user__in=rows, type__in=MAIN_FACTORS).values_list("user_id", flat=True)
    )
    return [
        PersonShown(
            pk=person.pk,
            name=person.full_name,
            email=person.email,
            organisation=person.organisation.name,
            roles=tuple(dict.fromkeys(roles.get(person.pk, []))),
            state=_state(person, has_factor=person.pk in with_factor),
        )
        for person in rows
    ]


def grants_shown(person: Person) -> list[GrantShown]:
    """Every role that the person was ever given: those that hold first, then the latest."""
    today = day_of(DATABASE_CLOCK.read(after=None))
    grants = RoleGrant.objects.filter(person=person).select_related("granted_by", "revoked_by").order_by("-granted_at")
    in_force = set(grants_in_force(today).filter(person=person).values_list("pk", flat=True))
    shown = [_grant_shown(grant, holds=grant.pk in in_force) for grant in grants]
    return sorted(shown, key=lambda grant: bool(grant.ended))


def person_page(person: Person, by: Person) -> dict[str, Any]:
    """Everything on a person's page for this administrator: what the services would refuse is not offered."""
    has_factor = main_factors(person).exists()
    is_open, is_oneself = person.closed_at is None, person.pk == by.pk
    state = _state(person, has_factor=has_factor)
    reset = open_factor_reset(person)
    directory_account = directory_account_of(person)
    return {
        "person": person,
        "grants": grants_shown(person),
        "state": state,
        "closed": day_shown(day_of(person.closed_at)) if person.closed_at else "",
        "invitation": _invitation_shown(person) if state == INVITED else "",
        "may_invite_again": state == INVITED,
        "may_change": is_open and not is_oneself,
        "is_oneself": is_oneself,
        "reset": _reset_shown(reset) if reset and is_open else None,
        "may_confirm_reset": bool(reset and is_open and by.pk not in {reset.asked_by_id, person.pk}),
        "directory": _directory_shown(directory_account) if directory_account else None,
        "may_release_directory": bool(directory_account and is_open and not is_oneself),
        "may_ask_reset": is_open and not is_oneself and has_factor and reset is None,
    }


def render_person_form(request: HttpRequest, person: Person, **context: Any) -> HttpResponse:
    """A page about the person with one form, or only a button."""
    back = reverse("person", args=[person.pk])
    return render(request, "accounts/person_form.html", {"person": person, "back": back, **context})


def _state(person: Person, *, has_factor: bool) -> str:
    if person.closed_at:
        return LEFT
    if person.is_program:
        return PROGRAM
    if has_factor:
        return HERE
    return NO_FACTOR if person.has_usable_password() else INVITED


def _grant_shown(grant: RoleGrant, *, holds: bool) -> GrantShown:
    ended = ""
    if grant.revoked_at and grant.revoked_by:
        ended = f"Taken on {day_shown(day_of(grant.revoked_at))} by {grant.revoked_by.full_name}"
    elif not holds:
        ended = "Has ended"
    return GrantShown(
        pk=grant.pk,
        role=ROLES[grant.role].name,
        since=day_shown(day_of(grant.granted_at)),
        by=grant.granted_by.full_name if grant.granted_by else "The installation",
        until=day_shown(grant.until) if grant.until else "",
        ended=ended,
    )


def _directory_shown(account: DirectoryAccount) -> dict[str, str]:
    return {"subject": account.subject, "issuer": account.issuer, "since": day_shown(day_of(account.kept_at))}


def _reset_shown(reset: FactorReset) -> dict[str, Any]:
    return {
        "pk": reset.pk,
        "reason": reset.reason,
        "asked_by": reset.asked_by.full_name,
        "asked": instant_shown(reset.asked_at),
        "expires": instant_shown(reset.expires_at),
    }


def _invitation_shown(person: Person) -> str:
    """What became of the last invitation, in a sentence."""
    link = OneTimeLink.objects.filter(person=person, purpose=INVITATION).order_by("-made_at").first()
    if link is None:
        return "No invitation was sent."
    if link.expires_at <= DATABASE_CLOCK.read(after=None):
        return f"The invitation expired on {instant_shown(link.expires_at)}."
    job = job_for(kind=MAIL_LINK, key=str(link.pk))
    if job is not None and job.state == FAILED:
        return "The invitation could not be mailed. Check the address, then invite again."
    if job is None or job.state != DONE:
        return "The invitation is waiting to be mailed."
    return f"The invitation was mailed. Its link works until {instant_shown(link.expires_at)}."
