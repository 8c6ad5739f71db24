"""Who may do what to a month's statement, as small predicates (docs/contract.md 13)."""

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now, roles_now
from pbr_ledger.accounts.roles import ROLES
from savings.models import COUNCIL, PROVIDER, Proposal


def side_of(person: Person, contract: Contract) -> str | None:
    """The side for which the person stands in this contract; None when their organisation is neither."""
    if person.organisation_id == contract.council_id:
        return COUNCIL
    if person.organisation_id == contract.provider_id:
        return PROVIDER
    return None


def may_propose(person: Person, contract: Contract) -> bool:
    """A person of the council who may propose statements."""
    return side_of(person, contract) == COUNCIL and "propose_statement" in permissions_now(person)


def may_agree(person: Person, proposal: Proposal) -> bool:
    """A person of either side who may agree for it, other than whoever proposed it."""
    return person.pk != proposal.proposed_by_id and may_agree_for_a_side(person, proposal.contract)


def may_agree_for_a_side(person: Person, contract: Contract) -> bool:
    """A person of either side whose role agrees statements for it."""
    side = side_of(person, contract)
    return side is not None and f"agree_statement_for_{side}" in permissions_now(person)


def may_dispute(person: Person, contract: Contract) -> bool:
    """A person of either side who may dispute statements."""
    return side_of(person, contract) is not None and "dispute_statement" in permissions_now(person)


def may_close(person: Person, contract: Contract) -> bool:
    """The council's Lead Accountant."""
    return side_of(person, contract) == COUNCIL and "close_statement" in permissions_now(person)


def may_read(person: Person, contract: Contract) -> bool:
    """A person of the council or the provider whose role reads contracts; nobody of the paying agent."""
    return side_of(person, contract) is not None and "read_contract" in permissions_now(person)


def may_read_plan(person: Person, contract: Contract) -> bool:
    """A person of the council whose role reads contracts: what its financial plan counts on is the council's own."""
    return side_of(person, contract) == COUNCIL and "read_contract" in permissions_now(person)


def may_record_plan(person: Person, contract: Contract) -> bool:
    """The council's Lead Accountant."""
    return side_of(person, contract) == COUNCIL and "record_terms" in permissions_now(person)


def may_keep_scenarios(person: Person, contract: Contract) -> bool:
    """An officer of the council, or staff of the provider: each keeps those of their own organisation."""
    return side_of(person, contract) is not None and "keep_scenarios" in permissions_now(person)


def capacity(person: Person, permission: str) -> str:
    """The name of the role in which the person does what the permission permits; empty when none of theirs does."""
    held = roles_now(person)
    names = (role.name for key, role in ROLES.items() if key in held and permission in role.permissions)
    return next(names, "")
