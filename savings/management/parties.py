"""The organisations and people for whom a command acts; made where they do not exist yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.queries import permissions_now, roles_of
from pbr_ledger.accounts.roles import AGENT, COUNCIL, PROVIDER
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError, Problem, Refused
from pbr_ledger.periods import day_of
from savings.services import Parties

LONGEST_NAME = 200
LONGEST_REFERENCE = 50


@dataclass(frozen=True, slots=True)
class Member:
    """Someone to be made: the name, the part before the @ of the address, and the role."""

    name: str
    mailbox: str
    role: str
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in which part."""

    administrator: Member
    accountant: Member
    officer: Member
    second_officer: Member
    provider_staff: Member
    agent_clerk: Member


SCENARIO_CAST = Cast(
    administrator=Member("Scenario administrator", "scenario.administrator", "administrator"),
    accountant=Member("Scenario Lead Accountant", "scenario.lead.accountant", "lead_accountant"),
    officer=Member("Scenario finance officer", "scenario.finance.officer", "finance_officer"),
    second_officer=Member("Scenario second finance officer", "scenario.second.officer", "finance_officer"),
    provider_staff=Member("Scenario provider staff", "scenario.provider", "provider_staff"),
    agent_clerk=Member("Scenario payments clerk", "scenario.payments", "payments_clerk"),
)


class NoAdministrator(LedgerError):
    """There are people, but no administrator of a council among them who could add the parties."""


def standing_parties(*, names: Mapping[str, str], cast: Cast) -> Parties:
    """The three parties by name (`council`, `provider`, `agent`) and the cast's people, found or made.

    On an empty ledger the cast's administrator is installed first; otherwise one who is there adds what is missing, of
    the council itself if it has one.
    """
    administrator = _administrator(names[COUNCIL], cast.administrator)
    council, provider, agent = (_organisation(names[kind], kind, administrator) for kind in (COUNCIL, PROVIDER, AGENT))
    return Parties(
        council=council,
        provider=provider,
        agent=agent,
        accountant=member(cast.accountant, organisation=council, by=administrator),
        officer=member(cast.officer, organisation=council, by=administrator),
        second_officer=member(cast.second_officer, organisation=council, by=administrator),
        provider_staff=member(cast.provider_staff, organisation=provider, by=administrator),
    )


def standing_clerk(*, parties: Parties, cast: Cast) -> Person:
    """The paying agent's clerk, found or made: who pays when the months' invoices are settled too."""
    administrator = _administrator(parties.council.name, cast.administrator)
    return member(cast.agent_clerk, organisation=parties.agent, by=administrator)


def member(who: Member, *, organisation: Organisation, by: Person) -> Person:
    """The person, found by address or made, holding the role."""
    email = f"{who.mailbox}@{organisation.reference}.example"
    person = Person.objects.filter(email=email).first() or accounts.create_person(
        organisation=organisation,
        email=email,
        full_name=who.name,
        password=who.password,
        by=by,
        clock=DATABASE_CLOCK,
    )
    if who.role not in roles_of(person, day_of(DATABASE_CLOCK.read(after=None))):
        accounts.grant_role(person=person, role=who.role, by=by, clock=DATABASE_CLOCK)
    return person


def _administrator(council: str, who: Member) -> Person:
    if not Person.objects.exists():
        reference = _reference_of(council)
        return accounts.install_first_administrator(
            organisation_name=council,
            organisation_reference=reference,
            email=f"{who.mailbox}@{reference}.example",
            full_name=who.name,
            password=who.password,
            clock=DATABASE_CLOCK,
        )
    candidates = Person.objects.filter(organisation__kind=COUNCIL, is_active=True).select_related("organisation")
    of_theirs_first = sorted(candidates.order_by("pk"), key=lambda person: person.organisation.name != council)
    found = next((person for person in of_theirs_first if "manage_people" in permissions_now(person)), None)
    if found is None:
        raise NoAdministrator("No administrator of a council is there to add the contract's parties.")
    return found


def _organisation(name: str, kind: str, by: Person) -> Organisation:
    found = Organisation.objects.filter(name=name).first()
    if found and found.kind != kind:
        raise Refused([Problem(kind, f"{name} is a {found.kind}")])
    return found or accounts.create_organisation(
        reference=_reference_of(name), name=name, kind=kind, by=by, clock=DATABASE_CLOCK
    )


def _reference_of(name: str) -> str:
    """The organisation's short name in addresses. Raises `Refused` for a name that gives none."""
    reference = slugify(name)[:LONGEST_REFERENCE].strip("-")
    if not reference or len(name) > LONGEST_NAME:
        raise Refused([Problem("", f"“{name}” is no name for an organisation: letters are needed, at most 200 signs")])
    return reference
