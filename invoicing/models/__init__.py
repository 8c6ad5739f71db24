"""The rows of what is owed, and the constraints that make wrong rows impossible."""

from invoicing.models.agent import (
    AgentAllocation,
    AgentContract,
    AgentCorrection,
    AgentDocument,
    AgentEvent,
    AgentInvoice,
    AgentPayment,
    AgentSetOff,
    AgentVat,
)
from invoicing.models.documents import DOCUMENT_NAMES, INVOICE_PDF, INVOICE_XML, InvoiceDocument
from invoicing.models.events import Event
from invoicing.models.invoices import (
    CREDIT_NOTE,
    INVOICE_KIND,
    Invoice,
    InvoiceAction,
    InvoiceLine,
    InvoicingTerms,
    ParkedStatement,
)
from invoicing.models.ledger import Account, ClosedPeriod, FinanceCodes, JournalEntry, Posting
from invoicing.models.payments import (
    PAYMENT,
    REPAYMENT,
    ContractBalance,
    ContractVariation,
    Payment,
    PaymentAllocation,
    SetOff,
)

__all__ = [
    "CREDIT_NOTE",
    "DOCUMENT_NAMES",
    "INVOICE_KIND",
    "INVOICE_PDF",
    "INVOICE_XML",
    "PAYMENT",
    "REPAYMENT",
    "Account",
    "AgentAllocation",
    "AgentContract",
    "AgentCorrection",
    "AgentDocument",
    "AgentEvent",
    "AgentInvoice",
    "AgentPayment",
    "AgentSetOff",
    "AgentVat",
    "ClosedPeriod",
    "ContractBalance",
    "ContractVariation",
    "Event",
    "FinanceCodes",
    "Invoice",
    "InvoiceAction",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoicingTerms",
    "JournalEntry",
    "ParkedStatement",
    "Payment",
    "PaymentAllocation",
    "Posting",
    "SetOff",
]
