"""Reading an issued invoice for its documents, from what was frozen on the day of issue."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from invoicing.core.particulars import Particulars, Party
from invoicing.documents.content import (
    CorrectedInvoice,
    ElectronicAddress,
    InvoiceContent,
    LineContent,
    PartyContent,
    identifier_of,
)
from invoicing.models import CREDIT_NOTE, Invoice, InvoiceDocument
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.errors import LedgerError
from pbr_ledger.money import RATE_SCALE, pence_of
from pbr_ledger.release import RELEASE


class InvoiceNotIssued(LedgerError):
    """A draft has no number, no date and nothing frozen: no document is made of it."""


def invoice_content(invoice: Invoice) -> InvoiceContent:
    """Everything that the documents of an issued invoice or credit note show. Raises `InvoiceNotIssued` for a draft."""
    if invoice.number is None or invoice.issued_on is None or invoice.due_on is None:
        raise InvoiceNotIssued(f"{invoice} is not issued yet, so there is no document of it.")
    contract = invoice.contract
    frozen = cast("Particulars", invoice.particulars)
    return InvoiceContent(
        is_credit=invoice.kind == CREDIT_NOTE,
        number=invoice.number,
        provider_reference=invoice.provider_reference.strip(),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        payment_days=frozen["payment_days"],
        month=invoice.statement.month,
        contract_reference=contract.reference,
        contract_title=frozen["contract_title"],
        decision_reference=frozen["decision_reference"].strip(),
        decision_on=date.fromisoformat(frozen["decision_on"]),
        terms_recorded_on=date.fromisoformat(frozen["terms_recorded_on"]),
        terms_effective_from=date.fromisoformat(frozen["terms_effective_from"]),
        order_reference=frozen["order_reference"].strip(),
        bank_reference=frozen["bank_reference"].strip(),
        seller=_party(frozen["provider"], contract.provider),
        buyer=_party(frozen["council"], contract.council),
        payer=_party(frozen["agent"], contract.agent),
        lines=tuple(_lines(invoice)),
        release=RELEASE,
        corrects=tuple(_corrected(invoice)),
    )


def invoice_document(*, invoice: Invoice, name: str) -> InvoiceDocument | None:
    """The stored document of that name; None while its job has not made it."""
    return InvoiceDocument.objects.filter(invoice=invoice, name=name).first()


def _party(frozen: Party, organisation: Organisation) -> PartyContent:
    """The party as frozen. Its short name is its identity and never changes, so an older copy may lack it."""
    address = frozen.get("electronic_address")
    lines = (line.strip() for line in frozen["address"].splitlines())
    return PartyContent(
        reference=frozen.get("reference", organisation.reference),
        name=frozen["name"].strip(),
        address=tuple(line for line in lines if line),
        vat_number=frozen.get("vat_number", "").strip(),
        company_number=frozen.get("company_number", "").strip(),
        electronic_address=ElectronicAddress(address["scheme"], address["identifier"]) if address else None,
    )


def _lines(invoice: Invoice) -> Iterator[LineContent]:
    for line in invoice.lines.order_by("position"):
        yield LineContent(
            charge=line.charge,
            net_pence=pence_of(line.net),
            vat_treatment=line.vat_treatment,
            vat_rate=int(line.vat_rate * RATE_SCALE),
            vat_pence=pence_of(line.vat),
        )


def _corrected(invoice: Invoice) -> Iterator[CorrectedInvoice]:
    corrected = invoice.corrects.filter(number__isnull=False).select_related("contract", "statement")
    for each in corrected.order_by("number"):
        if each.number is not None and each.issued_on is not None:
            identifier = identifier_of(each.contract.reference, each.number)
            yield CorrectedInvoice(identifier, each.issued_on, each.statement.month)
