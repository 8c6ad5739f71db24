"""Addresses of the cohort: what is known."""

from typing import Any

from cohort.models import Contract
from tests.pages.routes.table import FORBIDDEN, LEAD_ACCOUNTANT, NOBODY, PAGE, Route

ROUTES: dict[str, Route] = {
    "contract-reading": Route(readers=NOBODY, others=PAGE),
    "contract-add": Route(readers=LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT, others=FORBIDDEN, of_no_contract=True),
    "particulars": Route(),
    "terms": Route(),
    "terms-version": Route(),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    return {"number": 1}
