"""The figures of invoicing, for Prometheus: how much of each contract's maximum is approved, and what is parked."""

from collections.abc import Iterator

from cohort.core.terms import NoTermsKnown
from cohort.models import Contract
from invoicing.models import ParkedStatement
from invoicing.queries.invoices import maximum_used
from pbr_ledger.observability.figures import Figure


def invoicing_figures() -> Iterator[Figure]:
    """The share of each contract's maximum value, and the statements that wait for a person to release them."""
    for contract in Contract.objects.order_by("pk"):
        try:
            used = maximum_used(contract)
        except NoTermsKnown:
            continue
        share = float(used.approved / used.maximum) if used.maximum else 1.0
        meaning = "Approved, as a share of the maximum contract value."
        yield Figure("ledger_maximum_used_ratio", meaning, share, {"contract": contract.reference})
    parked = ParkedStatement.objects.filter(released_at=None).count()
    meaning = "Statements that wait for a person."
    yield Figure("ledger_statements_waiting", meaning, parked, {"for": "release"})
