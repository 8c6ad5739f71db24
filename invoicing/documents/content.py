"""What an invoice or credit note is made out from: one plain value, with nothing of the database in it.

It holds nothing about a child or a carer: no reference, no household, and no count of either.
"""

from dataclasses import dataclass
from datetime import date

from invoicing.core.charges import EXEMPT, OUTSIDE, VAT_TREATMENTS
from pbr_ledger.periods import Month


@dataclass(frozen=True, slots=True)
class ElectronicAddress:
    """Where a party receives electronic invoices: an identifier, and its scheme in the EAS list."""

    scheme: str
    identifier: str


@dataclass(frozen=True, slots=True)
class PartyContent:
    """A party as it was on the day of issue. `reference` is its short name here; numbers are empty if none is held."""

    reference: str
    name: str
    address: tuple[str, ...] = ()
    vat_number: str = ""
    electronic_address: ElectronicAddress | None = None
    company_number: str = ""


@dataclass(frozen=True, slots=True)
class LineContent:
    """One kind of charge, in pence, signed in the document's own direction; `vat_rate` in ten-thousandths."""

    charge: str
    net_pence: int
    vat_treatment: str
    vat_rate: int
    vat_pence: int


@dataclass(frozen=True, slots=True)
class VatTotal:
    """What the lines of one VAT treatment and rate come to, in pence."""

    treatment: str
    rate: int
    net_pence: int
    vat_pence: int


@dataclass(frozen=True, slots=True)
class CorrectedInvoice:
    """An invoice that a credit note corrects."""

    identifier: str
    issued_on: date
    month: Month


@dataclass(frozen=True, slots=True)
class InvoiceContent:
    """Everything that the documents of an invoice or credit note show, as it stood on the day of issue.

    `number` counts within the contract; `identifier` names the document beyond it. `month` is the month of the
    statement that is invoiced. Amounts are above zero in either kind. References may be empty.
    """

    is_credit: bool
    number: int
    provider_reference: str
    issued_on: date
    due_on: date
    payment_days: int
    month: Month
    contract_reference: str
    contract_title: str
    decision_reference: str
    decision_on: date
    terms_recorded_on: date
    terms_effective_from: date
    order_reference: str
    bank_reference: str
    seller: PartyContent
    buyer: PartyContent
    payer: PartyContent
    lines: tuple[LineContent, ...]
    release: str
    corrects: tuple[CorrectedInvoice, ...] = ()

    @property
    def identifier(self) -> str:
        """The number with its contract before it, `L04 25/26-12`: no two of a provider's documents share it."""
        return identifier_of(self.contract_reference, self.number)

    @property
    def net_pence(self) -> int:
        """The lines without VAT."""
        return sum(line.net_pence for line in self.lines)

    @property
    def vat_pence(self) -> int:
        """The lines' VAT."""
        return sum(line.vat_pence for line in self.lines)

    @property
    def gross_pence(self) -> int:
        """What is to be paid, or comes back."""
        return self.net_pence + self.vat_pence

    @property
    def vat_totals(self) -> tuple[VatTotal, ...]:
        """The lines summed by VAT treatment and rate: taxed ones first, then exempt, then outside the scope."""
        groups: dict[tuple[str, int], list[LineContent]] = {}
        for line in self.lines:
            groups.setdefault((line.vat_treatment, line.vat_rate), []).append(line)
        return tuple(
            VatTotal(*group, sum(line.net_pence for line in lines), sum(line.vat_pence for line in lines))
            for group, lines in sorted(groups.items(), key=lambda each: _vat_order(*each[0]))
        )

    @property
    def attachment_name(self) -> str:
        """What the document is called as a file of its own: `invoice-12.xml`, `credit-note-13.xml`."""
        return f"{'credit-note' if self.is_credit else 'invoice'}-{self.number}.xml"


def identifier_of(contract_reference: str, number: int) -> str:
    """A document's number with its contract's reference before it."""
    return f"{contract_reference}-{number}"


def _vat_order(treatment: str, rate: int) -> tuple[bool, int, int]:
    return treatment in (EXEMPT, OUTSIDE), -rate, VAT_TREATMENTS.index(treatment)
