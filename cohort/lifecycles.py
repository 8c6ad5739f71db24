"""How a claim and a proposed baseline move on. Services, buttons and tests read the same tables."""

from pbr_ledger.lifecycle import Lifecycle

CLAIM = Lifecycle(
    "claim",
    {
        ("submitted", "agree"): "agreed",
        ("submitted", "query"): "queried",
        ("submitted", "reject"): "rejected",
        ("submitted", "withdraw"): "withdrawn",
        ("queried", "agree"): "agreed",
        ("queried", "reject"): "rejected",
        ("queried", "answer"): "submitted",
        ("queried", "withdraw"): "withdrawn",
        ("agreed", "query"): "queried",
        ("agreed", "reject"): "rejected",
        ("agreed", "withdraw"): "withdrawn",
    },
)
"""What can be done with a claim in each status; a rejected or withdrawn placement is claimed anew."""
COUNCIL_ACTIONS = ("agree", "query", "reject")
PROVIDER_ACTIONS = ("answer", "withdraw")
LIVE_STATUSES = ("submitted", "queried", "agreed")
"""A placement has at most one claim in these."""

OPEN = "open"
AGREED = "agreed"
BASELINE_PROPOSAL = Lifecycle(
    "proposed baseline",
    {(OPEN, "agree"): AGREED, (OPEN, "decline"): "declined", (OPEN, "withdraw"): "withdrawn"},
)
