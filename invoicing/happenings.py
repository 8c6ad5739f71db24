"""The events of this room that endpoints may want, in words. The feed has the same; triggers write them."""

from pbr_ledger.accounts.roles import AGENT, ORGANISATION_KINDS
from pbr_ledger.webhooks.events import EventKind

EVERYBODY = frozenset(ORGANISATION_KINDS)
_EVENT = ("event", "evt_12"), ("contract", "con_1")
_INVOICE = (*_EVENT, ("invoice", "inv_7"))
_PAYMENT = (*_EVENT, ("payment", "pay_9"))

HAPPENINGS = (
    EventKind("invoice.approved", "An invoice was approved: it is payable", EVERYBODY, _INVOICE),
    EventKind("invoice.held", "An invoice was held: it is not to be paid", EVERYBODY, _INVOICE),
    EventKind("invoice.released", "A held invoice was released, and waits to be approved", EVERYBODY, _INVOICE),
    EventKind("credit_note.approved", "A credit note was approved: its credit can be used", EVERYBODY, _INVOICE),
    EventKind("credit_note.held", "A credit note was held", EVERYBODY, _INVOICE),
    EventKind("credit_note.released", "A held credit note was released", EVERYBODY, _INVOICE),
    EventKind("payment.recorded", "A payment was recorded", EVERYBODY, _PAYMENT),
    EventKind("payment.reversed", "A payment that was recorded in error was reversed", EVERYBODY, _PAYMENT),
    EventKind("repayment.recorded", "Credit was paid back in cash", EVERYBODY, _PAYMENT),
    EventKind("repayment.reversed", "A repayment that was recorded in error was reversed", EVERYBODY, _PAYMENT),
    EventKind("statement.closed", "A month was closed", EVERYBODY - {AGENT}, (*_EVENT, ("statement", "2026-05"))),
)
