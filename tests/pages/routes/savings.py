"""Addresses of contracts and their statements."""

from datetime import date
from typing import Any

from cohort.core.facts import ExtraCost as ExtraCostFact
from cohort.models import Contract, ExtraCost, PlacementVersion
from cohort.services import record
from pbr_ledger.accounts.models import Person, RoleGrant
from pbr_ledger.clock import DATABASE_CLOCK
from savings.models import KeptScenario
from savings.services.what_if import make_scenario
from tests.pages.routes.table import (
    COUNCIL_OFFICERS,
    COUNCIL_READERS,
    LEAD_ACCOUNTANT,
    NOBODY,
    PAGE,
    PROVIDER_STAFF,
    READERS,
    SENT_ON,
    WRONG_METHOD,
    Route,
)
from tests.pages.world import last_statement

PARTIES = COUNCIL_OFFICERS | PROVIDER_STAFF
RECORDED = Route(readers=COUNCIL_OFFICERS, forbidden=READERS - COUNCIL_OFFICERS, writers=COUNCIL_OFFICERS)
BREAKDOWN = Route(readers=PARTIES, forbidden=READERS - PARTIES, writers=PARTIES)
PLANNED = Route(readers=COUNCIL_OFFICERS, forbidden=COUNCIL_READERS - COUNCIL_OFFICERS, writers=COUNCIL_OFFICERS)
PRESSED = Route(readers=COUNCIL_READERS, answer=WRONG_METHOD, writers=COUNCIL_OFFICERS)
IMPORTED = Route(readers=PARTIES, forbidden=READERS - PARTIES, writers=PARTIES)

ROUTES = {
    "home": Route(readers=NOBODY, others=SENT_ON),
    "contracts": Route(readers=NOBODY, others=PAGE),
    "contract": Route(),
    "terms-record": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
    "schedule": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
    "readings": Route(),
    "readings-report": Route(),
    "readings-workbook": Route(),
    "savings-by-child": Route(),
    "savings-plans": Route(readers=COUNCIL_READERS),
    "savings-plan-record": Route(
        readers=LEAD_ACCOUNTANT, forbidden=COUNCIL_READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT
    ),
    "cohort": Route(),
    "child": Route(),
    "child-add": RECORDED,
    "child-correct": RECORDED,
    "child-retract": RECORDED,
    "child-move": RECORDED,
    "child-access": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
    "extra-cost-add": RECORDED,
    "extra-cost-correct": RECORDED,
    "extra-cost-retract": RECORDED,
    "placement-breakdown": BREAKDOWN,
    "placement-price": RECORDED,
    "placement-correct": RECORDED,
    "placement-retract": RECORDED,
    "import": IMPORTED,
    "import-template": Route(readers=PARTIES, forbidden=READERS - PARTIES),
    "import-template-sheet": Route(readers=PARTIES, forbidden=READERS - PARTIES),
    # Nothing waits under this number: whoever may import is sent on to choose a file.
    "import-check": Route(readers=PARTIES, forbidden=READERS - PARTIES, answer=SENT_ON, writers=PARTIES),
    "statements": Route(),
    "carers": Route(),
    "expenses": Route(),
    "statement": Route(),
    # The month of these addresses is closed: whoever may act is sent on to its statement.
    "statement-propose": Route(answer=SENT_ON, writers=COUNCIL_OFFICERS),
    "statement-agree": Route(answer=WRONG_METHOD, writers=PARTIES),
    "statement-dispute": Route(readers=PARTIES, forbidden=READERS - PARTIES, answer=SENT_ON, writers=PARTIES),
    "statement-withdraw": Route(answer=WRONG_METHOD, writers=PARTIES),
    "statement-close": Route(
        readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, answer=SENT_ON, writers=LEAD_ACCOUNTANT
    ),
    "statement-then-and-now": Route(),
    "statement-documents": Route(answer=SENT_ON),
    "statement-report": Route(),
    "statement-workbook": Route(),
    "statement-document": Route(),
    # The scenario of these addresses is the council's: for the provider there is none.
    "what-if": Route(),
    "scenario-add": Route(readers=PARTIES, forbidden=READERS - PARTIES, writers=PARTIES),
    "scenario-import": Route(readers=PARTIES, forbidden=READERS - PARTIES, writers=PARTIES),
    "scenario-compare": Route(),
    "scenario": Route(readers=COUNCIL_READERS),
    "scenario-history": Route(readers=COUNCIL_READERS),
    "scenario-file": Route(readers=COUNCIL_READERS),
    "scenario-settings": PLANNED,
    "scenario-close": PLANNED,
    "scenario-copy": PRESSED,
    "scenario-refresh": PRESSED,
    "plan-move": PLANNED,
    "plan-breakdown": PLANNED,
    "plan-price": PLANNED,
    "plan-joining": PLANNED,
    "plan-leaving": PLANNED,
    "plan-terms": PLANNED,
    "plan-remove": PRESSED,
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    return {
        "month": str(last_statement(contract).month),
        "import_id": 1,
        "sheet": "expenses",
        **facts_of(contract),
        **scenario_of(contract),
    }


def scenario_of(contract: Contract) -> dict[str, int]:
    """A scenario that the council keeps, made here where there is none, and the number of a planned change."""
    kept = KeptScenario.objects.filter(contract=contract, organisation=contract.council).first()
    if kept is None:
        kept = make_scenario(contract=contract, name="As it stands", by=_officer_of(contract), clock=DATABASE_CLOCK)
    return {"scenario_id": kept.pk, "number": 1}


def facts_of(contract: Contract) -> dict[str, int]:
    """A child with a running placement, and an extra cost of it, recorded here where there is none."""
    placement = PlacementVersion.objects.filter(
        fact__contract=contract, superseded_at=None, retracted=False, until=None
    ).order_by("fact__reference")[0]
    extra_cost = ExtraCost.objects.filter(contract=contract).first() or _notice(contract, placement)
    return {"child_id": placement.child.pk, "placement_id": placement.fact_id, "extra_cost_id": extra_cost.pk}


def _notice(contract: Contract, placement: PlacementVersion) -> ExtraCost:
    officer = _officer_of(contract)
    child = placement.child.reference
    fact = ExtraCostFact(f"{child}-N0", child, "notice", date(2030, 1, 1), date(2030, 1, 8), 100)
    record(contract=contract, facts=[fact], by=officer, clock=DATABASE_CLOCK)
    return ExtraCost.objects.get(contract=contract, reference=fact.id)


def _officer_of(contract: Contract) -> Person:
    return RoleGrant.objects.filter(role="finance_officer", person__organisation=contract.council)[0].person
