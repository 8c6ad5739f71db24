"""Reading what reports are made from: closed statements by month, and invoices and payments by day."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cohort.models import Contract
from invoicing.core.lines import charged_by_line
from invoicing.models import CREDIT_NOTE, INVOICE_KIND, PAYMENT, Invoice, Payment
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month
from savings.queries import closed_statements


@dataclass(frozen=True, slots=True)
class StatementFigures:
    """What a closed statement states and charges, in pence; `charged` by kind of line, `vat` as invoiced.

    `children` are those whose nights of the month counted, nobody where they were erased. `is_drafted` is whether
    there is an invoice or credit note.
    """

    month: Month
    known_at: datetime
    closed_at: datetime
    children: int
    savings: int
    adjustments: int
    savings_to_date: int
    schedule_to_date: int
    run_rate: int
    fixed_fee_by_month: Mapping[Month, int]
    charged: Mapping[str, int]
    charged_to_date: int
    vat: int
    is_drafted: bool

    @property
    def stated(self) -> int:
        """The month's savings and the adjustments of earlier months: what the statement adds to the savings."""
        return self.savings + self.adjustments

    @property
    def total(self) -> int:
        """Everything that the statement charges, without VAT."""
        return sum(self.charged.values())


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened to what is owed on a day, in pence with VAT: `amount` is below zero where less is owed.

    `number` is that of an invoice or credit note, `reference` the provider's own for it, or the one of a remittance.
    """

    on: date
    kind: str
    amount: int
    number: int | None = None
    reference: str = ""
    is_reversal: bool = False


CREDITED, INVOICED, PAID, REPAID = "credited", "invoiced", "paid", "repaid"


def statement_figures(contract: Contract) -> tuple[StatementFigures, ...]:
    """The figures of each closed statement, the earliest month first; two queries, however many there are."""
    invoiced = Invoice.objects.filter(contract=contract).values_list("statement", "kind", "vat")
    vat = {statement: _signed(kind, amount) for statement, kind, amount in invoiced}
    rows = closed_statements(contract).values_list("pk", "document", "known_at", "closed_at")
    return tuple(_figures(json.loads(text), known, closed, vat.get(key)) for key, text, known, closed in rows)


def _figures(document: Mapping[str, Any], known: datetime, closed: datetime, vat: int | None) -> StatementFigures:
    return StatementFigures(
        month=Month.parse(document["month"]),
        known_at=known,
        closed_at=closed,
        children=len(document.get("lines", ())),
        savings=_pence(document["savings_in_month"]),
        adjustments=_adjustments(document),
        savings_to_date=_pence(document["savings_to_date"]),
        schedule_to_date=_pence(document["schedule_to_date"]),
        run_rate=_pence(document["run_rate"]),
        fixed_fee_by_month={Month.parse(key): _pence(fee) for key, fee in document["fixed_fee_by_month"].items()},
        charged=charged_by_line(document),
        charged_to_date=_pence(document["charged_to_date"]),
        vat=vat or 0,
        is_drafted=vat is not None,
    )


def _adjustments(document: Mapping[str, Any]) -> int:
    """The adjustments of earlier months; of an erased contract what its totals leave for them."""
    if "adjustments" in document:
        return sum(_pence(entry["saving"]) for entry in document["adjustments"])
    return _pence(document["savings_stated"]) - _pence(document["savings_in_month"])


def movements_of_debt(contract: Contract) -> tuple[Movement, ...]:
    """What invoices, credit notes, payments and repayments have done to what is owed, by day; two queries.

    An invoice or credit note counts on the day of its issue, money on the day on which it moved. A payment that was
    taken back counts, and its reversal on its own day. Credit that was set off moves nothing: both stand here.
    """
    found = [*_documents(contract), *_money(contract)]
    return tuple(sorted(found, key=lambda each: each.on))


def _documents(contract: Contract) -> Iterator[Movement]:
    issued = Invoice.objects.filter(contract=contract).exclude(issued_on=None).order_by("number")
    for on, kind, gross, number, own in issued.values_list(
        "issued_on", "kind", "gross", "number", "provider_reference"
    ):
        if on is not None:
            yield Movement(on, INVOICED if kind == INVOICE_KIND else CREDITED, _signed(kind, gross), number, own)


def _money(contract: Contract) -> Iterator[Movement]:
    rows = Payment.objects.filter(contract=contract).order_by("recorded_at")
    for on, kind, amount, reverses, remittance in rows.values_list(
        "paid_on", "kind", "amount", "reverses", "remittance_reference"
    ):
        direction = (-1 if kind == PAYMENT else 1) * (1 if reverses is None else -1)
        moved = PAID if kind == PAYMENT else REPAID
        yield Movement(on, moved, direction * pence_of(amount), reference=remittance, is_reversal=reverses is not None)


def _signed(kind: str, amount: Decimal) -> int:
    return -pence_of(amount) if kind == CREDIT_NOTE else pence_of(amount)


def _pence(text: str) -> int:
    return pence_of(Decimal(text))
