"""The figures of savings, for Prometheus: which proposed statements wait for somebody."""

from collections.abc import Iterator

from pbr_ledger.observability.figures import Figure
from savings.lifecycles import AGREED, PART_AGREED, PROPOSED
from savings.models import Proposal

WAITED_FOR = {PROPOSED: "agreement", PART_AGREED: "agreement", AGREED: "closing"}


def savings_figures() -> Iterator[Figure]:
    """How many proposed statements wait for an agreement or for their closing."""
    statuses = Proposal.objects.filter(status__in=WAITED_FOR).values_list("status", flat=True)
    waiting = [WAITED_FOR[status] for status in statuses]
    for what in dict.fromkeys(WAITED_FOR.values()):
        yield Figure(
            "ledger_statements_waiting", "Statements that wait for a person.", waiting.count(what), {"for": what}
        )
