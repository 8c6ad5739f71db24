"""The problems of invoices and payments."""

from invoicing.services.ground import MoreThanOwed
from invoicing.services.payments import NotPayable, PaymentAlreadyReversed, SetOffAlreadyReversed
from pbr_ledger.clients.api.problems import add_problem, meaning

MORE_THAN_OWED = add_problem(
    "more-than-owed", 409, "More than is left to settle", "Read the invoice again: `outstanding` says what is left."
)
NOT_PAYABLE = add_problem(
    "not-payable", 409, "The invoice is not payable", "Wait until it is approved; one that is held is not paid."
)
ALREADY_REVERSED = add_problem("already-reversed", 409, "It was reversed before", "Nothing: it is done.")
RECORDED_BEFORE = add_problem(
    "payment-recorded-before",
    409,
    "The same payment is recorded already",
    "The detail names it. If it truly is another one, give it another remittance reference.",
)
meaning(MORE_THAN_OWED, MoreThanOwed)
meaning(NOT_PAYABLE, NotPayable)
meaning(ALREADY_REVERSED, PaymentAlreadyReversed, SetOffAlreadyReversed)
