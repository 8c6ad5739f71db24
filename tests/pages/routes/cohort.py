"""Addresses of the cohort: what is known."""

from typing import Any

from cohort import models, services
from cohort.core.facts import Expense, Household, Rate
from cohort.models import Contract
from cohort.queries import current_facts
from cohort.services import Upload
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.routes.table import (
    COUNCIL_OFFICERS,
    FORBIDDEN,
    LEAD_ACCOUNTANT,
    NOBODY,
    PAGE,
    PROVIDER_STAFF,
    READERS,
    SENT_ON,
    Route,
)
from tests.uploads import files

RECORDERS = COUNCIL_OFFICERS | PROVIDER_STAFF


def written_by(writers: frozenset[str], **changes: Any) -> Route:
    """A form that only these people open; others who see the contract are forbidden."""
    return Route(readers=writers, forbidden=READERS - writers, writers=writers, **changes)


ROUTES: dict[str, Route] = {
    "contract-reading": Route(readers=NOBODY, others=PAGE),
    "contract-add": Route(readers=LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT, others=FORBIDDEN, of_no_contract=True),
    "particulars": Route(),
    "particulars-correct": written_by(LEAD_ACCOUNTANT),
    "terms": Route(),
    "terms-version": Route(),
    "claims": Route(),
    "claim-submit": written_by(PROVIDER_STAFF),
    "claim-agree-move": written_by(COUNCIL_OFFICERS),
    "claim": Route(writers=RECORDERS),
    # The claim is agreed: it is neither agreed again nor answered.
    "claim-agree": written_by(COUNCIL_OFFICERS, answer=SENT_ON),
    "claim-query": written_by(COUNCIL_OFFICERS),
    "claim-reject": written_by(COUNCIL_OFFICERS),
    "claim-answer": written_by(PROVIDER_STAFF, answer=SENT_ON),
    "claim-withdraw": written_by(PROVIDER_STAFF),
    "evidence-beside": Route(),
    "evidence-attach": written_by(RECORDERS),
    "evidence": Route(),
    "evidence-withdraw": written_by(PROVIDER_STAFF),
    "baselines": Route(),
    "baseline": Route(),
    # A proposal of the provider is open, and the baseline in force is agreed.
    "baseline-propose": written_by(RECORDERS, answer=SENT_ON),
    "baseline-agree-recorded": written_by(PROVIDER_STAFF, answer=SENT_ON),
    "baseline-agree": written_by(COUNCIL_OFFICERS),
    "baseline-decline": written_by(COUNCIL_OFFICERS),
    "baseline-withdraw": written_by(PROVIDER_STAFF),
    "household-add": written_by(RECORDERS),
    "household-panel": written_by(RECORDERS),
    "household-correct": written_by(COUNCIL_OFFICERS),
    "household-retract": written_by(COUNCIL_OFFICERS),
    "expense-add": written_by(RECORDERS),
    "expense-correct": written_by(RECORDERS),
    "expense-retract": written_by(RECORDERS),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    staff = Person.objects.filter(organisation=contract.provider, role_grants__role="provider_staff")
    provider = staff.earliest("pk")
    if not models.Expense.objects.filter(contract=contract).exists():
        facts = [
            Household("H99", "provider", None),
            Expense("E99", current_facts(contract).terms[0].phase2.start, "mileage", 2_430, "54 miles at 45p"),
        ]
        services.record(contract=contract, facts=facts, by=provider, clock=DATABASE_CLOCK)
    claim = models.Claim.objects.filter(contract=contract).order_by("pk")[0]
    child = models.Child.objects.filter(contract=contract).order_by("pk")[0]
    return {
        "number": 1,
        "claim_id": claim.pk,
        "child_id": child.pk,
        "kind": "claim",
        "fact_id": claim.pk,
        "evidence_id": _evidence(contract, claim, provider).pk,
        "proposal_id": _proposal(contract, child, provider).pk,
        "household_id": models.Household.objects.filter(contract=contract).order_by("pk")[0].pk,
        "expense_id": models.Expense.objects.filter(contract=contract).order_by("pk")[0].pk,
    }


def _evidence(contract: Contract, claim: models.Claim, provider: Person) -> models.Evidence:
    found = models.Evidence.objects.filter(claim=claim).first()
    if found is None:
        upload = Upload("plan.pdf", files.PDF)
        (found,) = services.attach_evidence(
            contract=contract, kind="claim", fact=claim, files=[upload], by=provider, clock=DATABASE_CLOCK
        )
    return found


def _proposal(contract: Contract, child: models.Child, provider: Person) -> models.BaselineProposal:
    found = models.BaselineProposal.objects.filter(child=child, status="open").first()
    if found is None:
        known = current_facts(contract).children[child.reference]
        found = services.propose_baseline(
            contract=contract,
            child=child.reference,
            rates=[Rate(known.baseline[0].start, 700_001)],
            reason="The home’s letter",
            by=provider,
            clock=DATABASE_CLOCK,
        )
    return found
