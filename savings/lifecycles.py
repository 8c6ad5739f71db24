"""The life of a proposed statement, as one table for services, pages, documents and tests (docs/contract.md 13)."""

from pbr_ledger.lifecycle import Lifecycle

PROPOSED = "proposed"
PART_AGREED = "part_agreed"
AGREED = "agreed"
DISPUTED = "disputed"
LAPSED = "lapsed"
REPLACED = "replaced"
CLOSED = "closed"

OPEN_STATUSES = (PROPOSED, PART_AGREED, AGREED)
"""A proposal in one of these can still be agreed, disputed or closed; a month has at most one."""

PROPOSAL = Lifecycle(
    "proposal",
    {
        (PROPOSED, "agree"): PART_AGREED,
        (PROPOSED, "dispute"): DISPUTED,
        (PROPOSED, "lapse"): LAPSED,
        (PROPOSED, "replace"): REPLACED,
        (PART_AGREED, "agree"): AGREED,
        (PART_AGREED, "dispute"): DISPUTED,
        (PART_AGREED, "lapse"): LAPSED,
        (PART_AGREED, "replace"): REPLACED,
        (PART_AGREED, "close unanswered"): CLOSED,
        (AGREED, "dispute"): DISPUTED,
        (AGREED, "lapse"): LAPSED,
        (AGREED, "replace"): REPLACED,
        (AGREED, "close"): CLOSED,
    },
)
