"""Addresses of invoices, payments, the books, their terms, the activity log, and the paying agent's own."""

from django.urls import path

from invoicing.models import INVOICE_PDF, INVOICE_XML
from invoicing.views import (
    activity,
    acts,
    books,
    finance_codes,
    invoices,
    payables,
    payments,
    periods,
    reports,
    settling,
    terms,
)

CONTRACT = "contracts/<int:contract_id>/"
INVOICES = f"{CONTRACT}invoices/"
INVOICE = f"{INVOICES}<int:invoice_id>/"
LEDGER = f"{CONTRACT}ledger/"
REPORTS = f"{CONTRACT}reports/"
PAYABLE = "payables/invoices/<int:payable_id>/"

urlpatterns = [
    path(INVOICES, invoices.invoices, name="invoices"),
    path(f"{INVOICES}parked/<int:parked_id>/release/", acts.release_parked, name="parked-release"),
    path(INVOICE, invoices.invoice, name="invoice"),
    path(f"{INVOICE}issue/", acts.issue, name="invoice-issue"),
    path(f"{INVOICE}approve/", acts.approve, name="invoice-approve"),
    path(f"{INVOICE}hold/", acts.hold, name="invoice-hold"),
    path(f"{INVOICE}release/", acts.release, name="invoice-release"),
    path(f"{INVOICE}documents/", invoices.documents, name="invoice-documents"),
    path(f"{INVOICE}invoice.pdf", invoices.document, {"name": INVOICE_PDF}, name="invoice-pdf"),
    path(f"{INVOICE}invoice.xml", invoices.document, {"name": INVOICE_XML}, name="invoice-xml"),
    path(f"{INVOICES}payment-practice/", payments.practice, name="payment-practice"),
    path(f"{CONTRACT}payments/", payments.payments, name="payments"),
    path(LEDGER, books.ledger, name="ledger"),
    path(f"{LEDGER}trial-balance.csv", books.trial_balance_file, name="ledger-trial-balance"),
    path(f"{LEDGER}year/", books.year, name="ledger-year"),
    path(f"{LEDGER}accounts/<slug:code>/", books.account, name="ledger-account"),
    path(f"{LEDGER}accounts/<slug:code>/account.csv", books.account_file, name="ledger-account-file"),
    path(f"{LEDGER}entries/<int:number>/", books.entry, name="ledger-entry"),
    path(f"{LEDGER}journal.csv", books.journal, name="ledger-journal"),
    path(f"{LEDGER}ledger.beancount", books.beancount, name="ledger-beancount"),
    path(f"{LEDGER}periods/", periods.periods, name="ledger-periods"),
    path(f"{LEDGER}periods/close/", periods.close, name="ledger-period-close"),
    path(f"{LEDGER}periods/<int:year>/accrue/", periods.accrue, name="ledger-accrue"),
    path(f"{LEDGER}codes/", finance_codes.finance_codes, name="ledger-codes"),
    path(f"{LEDGER}codes/record/", finance_codes.record_codes, name="ledger-codes-record"),
    path(f"{LEDGER}codes/upload.csv", finance_codes.upload, name="ledger-upload"),
    path(REPORTS, reports.reports, name="reports"),
    path(f"{REPORTS}<slug:report>/", reports.report, name="report"),
    path(f"{REPORTS}<slug:report>/report.pdf", reports.report_as_pdf, name="report-pdf"),
    path(f"{REPORTS}<slug:report>/report.xlsx", reports.report_as_workbook, name="report-workbook"),
    path(f"{CONTRACT}terms/invoicing/", terms.invoicing_terms, name="invoicing-terms"),
    path(f"{CONTRACT}terms/invoicing/record/", terms.record_terms, name="invoicing-terms-record"),
    path(f"{CONTRACT}variations/", terms.variations, name="variations"),
    path(f"{CONTRACT}variations/record/", terms.record_a_variation, name="variation-record"),
    path(f"{CONTRACT}activity/", activity.activity, name="activity"),
    path("payables/", payables.payables, name="payables"),
    path("payables/recorded/", payables.recorded, name="payables-recorded"),
    path("payables/recorded/<int:payment_id>/take-back/", settling.reverse_payment, name="payable-take-back"),
    path("payables/recorded/set-offs/<int:set_off_id>/take-back/", settling.reverse_set_off, name="set-off-take-back"),
    path("payables/contracts/<int:contract_id>/pay/", settling.pay, name="payables-pay"),
    path(PAYABLE, payables.payable, name="payable"),
    path(f"{PAYABLE}set-off/", settling.set_off, name="payable-set-off"),
    path(f"{PAYABLE}repay/", settling.repay, name="payable-repay"),
    path(f"{PAYABLE}documents/", payables.documents, name="payable-documents"),
    path(f"{PAYABLE}invoice.pdf", payables.document, {"name": INVOICE_PDF}, name="payable-pdf"),
    path(f"{PAYABLE}invoice.xml", payables.document, {"name": INVOICE_XML}, name="payable-xml"),
]
