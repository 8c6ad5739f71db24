"""What a closed statement makes payable: one line for each kind of charge, and one for prior periods."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from invoicing.core.charges import (
    CARER_FEES,
    CHARGES,
    EXEMPT,
    EXPENSES,
    FIXED_FEE,
    OF_THE_FIXED_FEE,
    PRIOR_PERIODS,
    STANDARD,
    SUCCESS_FEE,
)
from pbr_ledger.money import RATE_SCALE, divide_rounding, pence_of
from pbr_ledger.periods import Month


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A kind of charge in whole pence, with its VAT; `vat_rate` in ten-thousandths."""

    charge: str
    net_pence: int
    vat_treatment: str
    vat_rate: int
    vat_pence: int

    def turned(self) -> "DraftLine":
        """The same line in the other direction: a credit note shows what comes back as amounts above zero."""
        return replace(self, net_pence=-self.net_pence, vat_pence=-self.vat_pence)


@dataclass(frozen=True, slots=True)
class Draft:
    """The lines of an invoice, or of a credit note, in that document's own direction."""

    is_credit: bool
    lines: tuple[DraftLine, ...]

    @property
    def net_pence(self) -> int:
        """The lines without VAT."""
        return sum(line.net_pence for line in self.lines)

    @property
    def fixed_fee_pence(self) -> int:
        """The lines that count towards the cap of the fixed fee, without VAT."""
        return sum(line.net_pence for line in self.lines if line.charge in OF_THE_FIXED_FEE)

    @property
    def vat_pence(self) -> int:
        """The lines' VAT, each rounded by itself."""
        return sum(line.vat_pence for line in self.lines)

    @property
    def gross_pence(self) -> int:
        """What is to be paid, or comes back."""
        return self.net_pence + self.vat_pence


def charged_by_line(document: Mapping[str, Any]) -> dict[str, int]:
    """What a statement charges, by kind of line, in pence; kinds that come to nothing are left out.

    The fixed fee's line is the fee of the statement's own month; whatever else the statement charges of the fixed fee
    belongs to earlier months and stands under prior periods (docs/contract.md 4.5, 5.2).
    """
    own_fee = _pence(document["fixed_fee_by_month"][document["month"]])
    charges = document["charges"]
    amounts = {
        FIXED_FEE: own_fee,
        CARER_FEES: _pence(charges["carer_fees"]),
        SUCCESS_FEE: _pence(charges["success_fee"]),
        EXPENSES: _pence(charges["expenses"]),
        PRIOR_PERIODS: _pence(charges["fixed_fee"]) - own_fee,
    }
    return {charge: amounts[charge] for charge in CHARGES if amounts[charge]}


def lines_of(amounts: Mapping[str, int], *, treatments: Mapping[str, str], standard_rate: int) -> tuple[DraftLine, ...]:
    """The amounts as lines, in the direction of an invoice, whatever their sum.

    `treatments` gives the VAT treatment of a kind of charge, exempt where it says nothing; `standard_rate` is in
    ten-thousandths. Each line's VAT is rounded by itself (docs/contract.md 1.5).
    """
    return tuple(
        _line(charge, pence, treatments.get(charge, EXEMPT), standard_rate) for charge, pence in amounts.items()
    )


def draft_of(lines: tuple[DraftLine, ...]) -> Draft | None:
    """The invoice, or the credit note, that these lines make; None when nothing is payable either way."""
    draft = Draft(False, lines)
    if draft.gross_pence == 0:
        return None
    if draft.gross_pence < 0:
        return Draft(True, tuple(line.turned() for line in lines))
    return draft


def _line(charge: str, pence: int, treatment: str, standard_rate: int) -> DraftLine:
    rate = standard_rate if treatment == STANDARD else 0
    return DraftLine(charge, pence, treatment, rate, divide_rounding(pence * rate, RATE_SCALE))


def months_that_lost(document: Mapping[str, Any], before: Mapping[str, Any] | None) -> tuple[Month, ...]:
    """The months whose fixed fee is lower than the statement before had it: what a credit note corrects (5.2)."""
    if before is None:
        return ()
    now = document["fixed_fee_by_month"]
    return tuple(
        Month.parse(month)
        for month, fee in before["fixed_fee_by_month"].items()
        if month in now and _pence(now[month]) < _pence(fee)
    )


def _pence(text: str) -> int:
    return pence_of(Decimal(text))
