"""Invoices and credit notes made out by hand, as the services would freeze them."""

from dataclasses import replace
from datetime import date, timedelta

from invoicing.core.charges import CARER_FEES, EXEMPT, EXPENSES, FIXED_FEE, PRIOR_PERIODS, STANDARD
from invoicing.documents.content import (
    CorrectedInvoice,
    ElectronicAddress,
    InvoiceContent,
    LineContent,
    PartyContent,
)
from pbr_ledger.periods import Month

SELLER = PartyContent("reconnect", "Reconnect", ("Unit 4, Millbay Works", "Plymouth", "PL1 3EF"))
BUYER = PartyContent(
    "plymouth", "Plymouth City Council", ("Children’s Finance", "Ballard House, West Hoe Road", "Plymouth", "PL1 3BJ")
)
PAYER = PartyContent("team-matrix", "Team Matrix", ("2 Castle Quay", "Nottingham", "NG7 1FW"))


def line(charge, net_pence, treatment=EXEMPT, rate=0):
    """A line with its VAT, rounded as the product rounds."""
    vat = (abs(net_pence) * rate * 2 + 10_000) // 20_000
    return LineContent(charge, net_pence, treatment, rate, vat if net_pence >= 0 else -vat)


def invoice(**changed):
    """The invoice of April 2026 in the worked example: three lines, one of them what earlier months lost."""
    issued_on = changed.pop("issued_on", date(2026, 5, 8))
    return replace(
        InvoiceContent(
            is_credit=False,
            number=8,
            provider_reference="RC-2026-031",
            issued_on=issued_on,
            due_on=issued_on + timedelta(days=30),
            payment_days=30,
            month=Month(2026, 4),
            contract_reference="L04 25/26",
            contract_title=(
                "Supporting children in care to progress from residential children’s homes to family settings"
            ),
            decision_reference="L04 25/26",
            decision_on=date(2025, 7, 29),
            terms_recorded_on=date(2025, 7, 29),
            terms_effective_from=date(2025, 8, 1),
            order_reference="PO 4500123456",
            bank_reference="20-45-77 33208014",
            seller=SELLER,
            buyer=BUYER,
            payer=PAYER,
            lines=(
                line(FIXED_FEE, 15_057_420),
                line(CARER_FEES, 1_000_000),
                line(PRIOR_PERIODS, -197_072),
            ),
            release="0.1.0",
        ),
        **changed,
    )


def credit_note(**changed):
    """The credit note for a breakdown that was reported late: two months' fees come back."""
    return replace(
        invoice(
            is_credit=True,
            number=5,
            provider_reference="",
            issued_on=date(2026, 6, 9),
            month=Month(2026, 5),
            lines=(line(PRIOR_PERIODS, 3_360_000),),
            corrects=(
                CorrectedInvoice("L04 25/26-3", date(2026, 4, 9), Month(2026, 3)),
                CorrectedInvoice("L04 25/26-4", date(2026, 5, 8), Month(2026, 4)),
            ),
        ),
        **changed,
    )


def taxed():
    """An invoice on which VAT is charged on the fee, not on expenses, by parties that Peppol reaches."""
    return invoice(
        seller=replace(SELLER, vat_number="123 4567 82", electronic_address=ElectronicAddress("0088", "5060012349998")),
        buyer=replace(BUYER, electronic_address=ElectronicAddress("0088", "5060543210989")),
        lines=(line(FIXED_FEE, 15_057_423, STANDARD, 2000), line(EXPENSES, 72_720)),
    )
