"""Addresses of contracts and their statements."""

from typing import Any

from cohort.models import Contract
from tests.pages.routes.table import LEAD_ACCOUNTANT, NOBODY, PAGE, READERS, Route
from tests.pages.world import last_statement

ROUTES = {
    "contracts": Route(readers=NOBODY, others=PAGE),
    "contract": Route(),
    "terms-record": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
    "schedule": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
    "statement": Route(),
    "statement-report": Route(),
    "statement-document": Route(),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    return {"month": str(last_statement(contract).month)}
