"""The life of an invoice or credit note, as one table for services, pages, documents and tests."""

from pbr_ledger.lifecycle import Lifecycle

DRAFT = "draft"
ISSUED = "issued"
APPROVED = "approved"
HELD = "held"
PART_PAID = "part_paid"
PAID = "paid"

INVOICE = Lifecycle(
    "invoice",
    {
        (DRAFT, "issue"): ISSUED,
        (ISSUED, "approve"): APPROVED,
        (ISSUED, "hold"): HELD,
        (HELD, "release"): ISSUED,
        (APPROVED, "settle in part"): PART_PAID,
        (APPROVED, "settle"): PAID,
        (PART_PAID, "settle in part"): PART_PAID,
        (PART_PAID, "settle"): PAID,
        (PART_PAID, "reopen"): APPROVED,
        (PART_PAID, "reopen in part"): PART_PAID,
        (PAID, "reopen"): APPROVED,
        (PAID, "reopen in part"): PART_PAID,
    },
)
"""A credit note moves through the same: settled by set-off against invoices, or by repayment. Reversing reopens."""

OWED_STATUSES = (APPROVED, PART_PAID)
"""In these something is payable; an approved credit note in them is credit not yet used."""
