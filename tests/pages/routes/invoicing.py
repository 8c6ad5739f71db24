"""Addresses of invoices, payments and the books."""

from typing import Any

from cohort.models import Contract
from invoicing.models import Invoice, ParkedStatement
from tests.pages import billing
from tests.pages.routes.table import (
    COUNCIL_OFFICERS,
    COUNCIL_READERS,
    LEAD_ACCOUNTANT,
    NOBODY,
    PAYMENTS_CLERK,
    PROVIDER_STAFF,
    READERS,
    SENT_ON,
    Route,
)

OF_THE_COUNCIL = Route(readers=COUNCIL_READERS)
OF_THE_CLERK = Route(readers=PAYMENTS_CLERK)
ROUTES: dict[str, Route] = {
    "invoices": Route(),
    "invoice": Route(),
    "invoice-documents": Route(),
    "invoice-pdf": Route(),
    "invoice-xml": Route(),
    "invoice-issue": Route(
        readers=PROVIDER_STAFF, forbidden=READERS - PROVIDER_STAFF, writers=PROVIDER_STAFF, answer=SENT_ON
    ),
    "invoice-approve": Route(
        readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT, answer=SENT_ON
    ),
    "invoice-hold": Route(
        readers=COUNCIL_OFFICERS, forbidden=READERS - COUNCIL_OFFICERS, writers=COUNCIL_OFFICERS, answer=SENT_ON
    ),
    "invoice-release": Route(
        readers=COUNCIL_OFFICERS, forbidden=READERS - COUNCIL_OFFICERS, writers=COUNCIL_OFFICERS, answer=SENT_ON
    ),
    "parked-release": Route(readers=NOBODY, forbidden=READERS, writers=NOBODY),
    "payment-practice": Route(),
    "payments": Route(),
    "ledger": OF_THE_COUNCIL,
    "ledger-trial-balance": OF_THE_COUNCIL,
    "ledger-year": OF_THE_COUNCIL,
    "ledger-account": OF_THE_COUNCIL,
    "ledger-account-file": OF_THE_COUNCIL,
    "ledger-entry": OF_THE_COUNCIL,
    "ledger-journal": OF_THE_COUNCIL,
    "ledger-beancount": OF_THE_COUNCIL,
    "ledger-periods": OF_THE_COUNCIL,
    "ledger-period-close": Route(
        readers=LEAD_ACCOUNTANT, forbidden=COUNCIL_READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT
    ),
    "ledger-accrue": Route(
        readers=LEAD_ACCOUNTANT, forbidden=COUNCIL_READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT
    ),
    "ledger-codes": OF_THE_COUNCIL,
    "ledger-codes-record": Route(
        readers=LEAD_ACCOUNTANT, forbidden=COUNCIL_READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT
    ),
    "ledger-upload": OF_THE_COUNCIL,
    "reports": Route(),
    "report": Route(),
    "report-pdf": Route(),
    "report-workbook": Route(),
    "invoicing-terms": Route(),
    "invoicing-terms-record": Route(
        readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT
    ),
    "variations": Route(),
    "variation-record": Route(readers=LEAD_ACCOUNTANT, forbidden=READERS - LEAD_ACCOUNTANT, writers=LEAD_ACCOUNTANT),
    "activity": Route(readers=frozenset({"council auditor", "council lead_accountant"})),
    "payables": Route(readers=PAYMENTS_CLERK, of_no_contract=True),
    "payables-recorded": Route(readers=PAYMENTS_CLERK, of_no_contract=True),
    "payables-pay": Route(readers=PAYMENTS_CLERK, writers=PAYMENTS_CLERK),
    "payable": OF_THE_CLERK,
    "payable-documents": OF_THE_CLERK,
    "payable-pdf": OF_THE_CLERK,
    "payable-xml": OF_THE_CLERK,
    "payable-set-off": Route(readers=PAYMENTS_CLERK, writers=PAYMENTS_CLERK, answer=SENT_ON),
    "payable-repay": Route(readers=PAYMENTS_CLERK, writers=PAYMENTS_CLERK, answer=SENT_ON),
    "set-off-take-back": Route(readers=NOBODY, writers=NOBODY),
    "payable-take-back": Route(readers=PAYMENTS_CLERK, writers=PAYMENTS_CLERK),
}
"""The finance officer of these tests proposed the statement, and so does not approve; the Lead Accountant closed it.

These contracts have no credit note, so there is no set-off to take back: test_payables.py has one.
"""


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses of the contract are made of, beside its key: an invoice that is paid in part."""
    invoice = Invoice.objects.filter(contract=contract).first() or _part_paid(contract)
    parked = ParkedStatement.objects.filter(statement__contract=contract).first() or billing.parked(contract)
    return {
        "invoice_id": invoice.pk,
        "payable_id": invoice.pk,
        "payment_id": invoice.allocations.values_list("payment", flat=True).get(),
        "set_off_id": 0,
        "parked_id": parked.pk,
        "number": 1,
        "code": "2100",
        "report": "month",
        "year": 2025,
    }


def _part_paid(contract: Contract) -> Invoice:
    (draft,) = billing.drafted(contract)
    invoice = billing.approved(contract, draft)
    billing.keep_documents(invoice)
    billing.paid(contract, invoice, "1.00")
    return invoice
