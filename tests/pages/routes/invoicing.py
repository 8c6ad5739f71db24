"""Addresses of invoices, payments and the books."""

from typing import Any

from cohort.models import Contract
from tests.pages.routes.table import LEAD_ACCOUNTANT, READERS, Route

ROUTES: dict[str, Route] = {
    "invoicing-terms": Route(),
    "invoicing-terms-record": Route(
        readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT
    ),
    "variations": Route(),
    "variation-record": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    return {}
