"""Addresses of invoices, payments and the books."""

from typing import Any

from cohort.models import Contract
from tests.pages.routes.table import Route

ROUTES: dict[str, Route] = {}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key."""
    return {}
