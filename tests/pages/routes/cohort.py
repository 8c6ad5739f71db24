"""Addresses of the cohort: what is known."""

from typing import Any

from cohort.models import Contract
from tests.pages.routes.table import NOBODY, PAGE, Route

ROUTES: dict[str, Route] = {
    "contract-reading": Route(readers=NOBODY, others=PAGE),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    return {}
