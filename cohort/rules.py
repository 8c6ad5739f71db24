"""Who may see a contract, and who may record what about it."""

from collections.abc import Sequence
from dataclasses import replace

from cohort.core.facts import Claim, Expense, Fact, Household, KnownFacts, Placement, Retraction
from cohort.lifecycles import COUNCIL_ACTIONS, PROVIDER_ACTIONS
from cohort.models import BaselineProposal, Contract, Evidence
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import COUNCIL


def belongs_to_council(person: Person, contract: Contract) -> bool:
    """The person's organisation is the contract's council."""
    return person.organisation_id == contract.council_id


def belongs_to_provider(person: Person, contract: Contract) -> bool:
    """The person's organisation is the contract's provider."""
    return person.organisation_id == contract.provider_id


def is_party(person: Person, contract: Contract) -> bool:
    """The contract exists for the person's organisation: council or provider. The paying agent has views of its own."""
    return belongs_to_council(person, contract) or belongs_to_provider(person, contract)


def side_of(person: Person, contract: Contract) -> str:
    """The side for which the person stands: `council` or `provider`. Ask `is_party` first."""
    return "council" if belongs_to_council(person, contract) else "provider"


def may_see_contract(person: Person, contract: Contract) -> bool:
    """The person reads everything about the contract."""
    return is_party(person, contract) and "read_contract" in permissions_now(person)


def may_create_contract(person: Person) -> bool:
    """The person makes contracts of their own council: its Lead Accountant."""
    return person.organisation.kind == COUNCIL and "create_contract" in permissions_now(person)


def may_correct_contract(person: Person, contract: Contract) -> bool:
    """The person corrects what the contract is called and its decision: the Lead Accountant of its council."""
    return belongs_to_council(person, contract) and "create_contract" in permissions_now(person)


def may_order_erasure(person: Person, contract: Contract) -> bool:
    """The person orders what is destroyed when the contract's time is over: the Lead Accountant of its council."""
    return belongs_to_council(person, contract) and "create_contract" in permissions_now(person)


def may_answer_access(person: Person, contract: Contract) -> bool:
    """The person takes out everything held about a child, for whoever asked for it: the council's Lead Accountant."""
    return belongs_to_council(person, contract) and {"create_contract", "export_reports"} <= permissions_now(person)


def may_record_terms(person: Person, contract: Contract) -> bool:
    """The person keeps the terms: the Lead Accountant of the council."""
    return belongs_to_council(person, contract) and "record_terms" in permissions_now(person)


def may_record_facts(person: Person, contract: Contract) -> bool:
    """The person keeps the facts of the cohort: the council's officers."""
    return belongs_to_council(person, contract) and "record_facts" in permissions_now(person)


def may_report_breakdowns(person: Person, contract: Contract) -> bool:
    """The person may report that a running placement broke down: the council's officers, and provider staff."""
    permissions = permissions_now(person)
    return (belongs_to_council(person, contract) and "record_facts" in permissions) or (
        belongs_to_provider(person, contract) and "record_provider_facts" in permissions
    )


def may_add_facts(person: Person, contract: Contract) -> bool:
    """The person keeps or reports facts of some kind: an officer of the council, or staff of the provider."""
    return records_for_council(person, contract) or reports_for_provider(person, contract)


def records_for_council(person: Person, contract: Contract) -> bool:
    """An officer of the council, who keeps facts of every kind."""
    return belongs_to_council(person, contract) and "record_facts" in permissions_now(person)


def reports_for_provider(person: Person, contract: Contract) -> bool:
    """Staff of the provider, who report claims, carers, breakdowns and travel."""
    return belongs_to_provider(person, contract) and "record_provider_facts" in permissions_now(person)


def may_decide_claims(person: Person, contract: Contract) -> bool:
    """An officer of the council, who agrees, queries and rejects claims; whoever submits them is on the other side."""
    return belongs_to_council(person, contract) and "decide_claim" in permissions_now(person)


def may_do_to_claim(person: Person, contract: Contract, action: str) -> bool:
    """The person may take this step of the claim's lifecycle, where the claim is so far."""
    if action in COUNCIL_ACTIONS:
        return may_decide_claims(person, contract)
    return action in PROVIDER_ACTIONS and reports_for_provider(person, contract)


def may_open_evidence(person: Person, contract: Contract, evidence: Evidence) -> bool:
    """Everybody who reads the contract; once it is withdrawn, only the council's people."""
    return not hasattr(evidence, "withdrawal") or belongs_to_council(person, contract)


def may_withdraw_evidence(person: Person, contract: Contract, evidence: Evidence) -> bool:
    """People of the side that attached it, while it is not withdrawn."""
    attached_here = evidence.attached_by.organisation_id == person.organisation_id
    return attached_here and not hasattr(evidence, "withdrawal") and may_add_facts(person, contract)


def may_propose_baseline(person: Person, contract: Contract) -> bool:
    """Either side proposes baselines."""
    return may_add_facts(person, contract)


def may_decide_baseline(person: Person, contract: Contract, proposal: BaselineProposal, action: str) -> bool:
    """The side that did not propose agrees or declines; the one that did withdraws."""
    own = side_of(person, contract) == proposal.proposed_side
    return may_add_facts(person, contract) and own == (action == "withdraw")


def may_agree_recorded_baseline(person: Person, contract: Contract) -> bool:
    """What the council has recorded by itself is for the provider to agree."""
    return reports_for_provider(person, contract)


def may_record(person: Person, contract: Contract, content: Fact | Retraction, known: KnownFacts) -> bool:
    """The person may record this fact, or its retraction, given what is known now."""
    return not not_permitted(person, contract, [content], known)


def not_permitted(
    person: Person, contract: Contract, contents: Sequence[Fact | Retraction], known: KnownFacts
) -> list[Fact | Retraction]:
    """Those of the facts that the person may not record: none for the council's officers, all for an outsider."""
    if not is_party(person, contract):
        return list(contents)
    permissions = permissions_now(person)
    if belongs_to_council(person, contract) and "record_facts" in permissions:
        return []
    if belongs_to_provider(person, contract) and "record_provider_facts" in permissions:
        return [content for content in contents if not is_for_the_provider(content, known)]
    return list(contents)


def is_for_the_provider(content: Fact | Retraction, known: KnownFacts) -> bool:
    """Provider staff record claims, panel approvals, breakdowns and mileage, and never what the council decided."""
    match content:
        case Claim():
            return _submits_or_withdraws(content, known.claims.get(content.id))
        case Household():
            return _reports_own_carers(content, known.households.get(content.id))
        case Placement():
            return _reports_breakdown(content, known.placements.get(content.id))
        case Expense():
            return True
        case Retraction(kind="expense"):
            return True
    return False


def _submits_or_withdraws(claim: Claim, current: Claim | None) -> bool:
    """A claim that the council agreed or rejected can be withdrawn, but not submitted again under the same id."""
    if current is None:
        return claim.status == "submitted"
    if claim.placement != current.placement:
        return False
    return claim.status == "withdrawn" or (
        claim.status == "submitted" and current.status in ("submitted", "queried", "withdrawn")
    )


def _reports_own_carers(household: Household, current: Household | None) -> bool:
    """A household on the council's own scheme is not theirs to report on: a fee hangs on who assessed it."""
    return household.assessed_by == "provider" and (current is None or current.assessed_by == "provider")


def _reports_breakdown(placement: Placement, current: Placement | None) -> bool:
    """Nothing about a running placement changes but that it broke down, and when."""
    if current is None or current.until is not None or placement.ended != "breakdown":
        return False
    return placement == replace(current, until=placement.until, ended="breakdown")
