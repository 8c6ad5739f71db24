"""The result document: a statement as both parties read it, agree it and keep it (docs/scenario.md).

Its keys, their order and the form of every value are fixed, so that equal results are equal bytes.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pbr_ledger.money import pence_of, pounds_text
from pbr_ledger.periods import Month
from savings.core.results import NOTHING_STATED, Charges, Position, Statement

Document = dict[str, Any]

NO_FIGURE = "—"
"""Where one of two statements has no such line."""


def statement_document(statement: Statement) -> Document:
    """One statement as the result document holds it: money as strings with two decimals, dates ISO."""
    return {
        "month": str(statement.month),
        "as_known_on": statement.as_known_on.isoformat(),
        "lines": [
            {"child": line.child, "nights": line.nights, "saving": pounds_text(line.saving_pence)}
            for line in statement.lines
        ],
        "adjustments": [
            {"child": entry.child, "month": str(entry.month), "saving": pounds_text(entry.saving_pence)}
            for entry in statement.adjustments
        ],
        "savings_in_month": pounds_text(statement.savings_in_month_pence),
        "savings_to_date": pounds_text(statement.savings_to_date_pence),
        "schedule_to_date": pounds_text(statement.schedule_to_date_pence),
        "fixed_fee_by_month": {str(fee.month): pounds_text(fee.fee_pence) for fee in statement.months},
        "run_rate": pounds_text(statement.run_rate.total_pence),
        "charges": {
            "fixed_fee": pounds_text(statement.charges.fixed_fee),
            "carer_fees": pounds_text(statement.charges.carer_fees),
            "success_fee": pounds_text(statement.charges.success_fee),
            "expenses": pounds_text(statement.charges.expenses),
        },
        "total": pounds_text(statement.charges.total),
        "charged_to_date": pounds_text(statement.charged_to_date_pence),
        "headroom": pounds_text(statement.headroom_pence),
    }


def result_document(contract: str, statements: Iterable[Document]) -> Document:
    """The whole result: the contract's reference and its statements in order."""
    return {"contract": contract, "statements": list(statements)}


def as_text(document: Document, *, compact: bool = False) -> str:
    """The document as printed: on one line when compact, else indented by two."""
    if compact:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(document, ensure_ascii=False, indent=2)


def digest_of(contract: str, document: Document) -> str:
    """The SHA-256 (hex) to which the parties agree (docs/contract.md 13.1).

    Over the contract's reference and the statement's figures in canonical form, without the day of its cut-off:
    the same figures known a day later are the same agreement.
    """
    figures = {key: value for key, value in document.items() if key != "as_known_on"}
    agreed = {"contract": contract, "statement": figures}
    canonical = json.dumps(agreed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def position_after(earlier: Iterable[tuple[Document, Iterable[str]]]) -> Position:
    """What closed statements have stated and charged, read back from their documents in rising order (5.1).

    Beside each document stand the ids of the expenses it charged (8.2).
    """
    stated: dict[Month, dict[str, int]] = {}
    charged = NOTHING_STATED.charged
    savings_reached = False
    released: set[str] = set()
    for document, expenses in earlier:
        for month, child, saving in _stated_in(document):
            table = stated.setdefault(Month.parse(month), {})
            table[child] = table.get(child, 0) + _pence(saving)
        charged = charged.plus(charges_of(document))
        savings_reached = savings_reached or _pence(document["savings_to_date"]) > 0
        released.update(expenses)
    return Position(stated, charged, savings_reached, frozenset(released))


def _stated_in(document: Document) -> Iterable[tuple[str, str, str]]:
    for line in document["lines"]:
        yield document["month"], line["child"], line["saving"]
    for entry in document["adjustments"]:
        yield entry["month"], entry["child"], entry["saving"]


def charges_of(document: Document) -> Charges:
    """What the statement in this document charges, by kind, in pence."""
    return Charges(**{kind: _pence(amount) for kind, amount in document["charges"].items()})


def _pence(text: str) -> int:
    return pence_of(Decimal(text))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's place in a statement: which one, of which child and which month; both empty for the whole's own.

    `str()` is the place as refusals and the activity log write it: `C01: saving`, `fixed fee of 2026-03`.
    """

    name: str
    child: str = ""
    month: str = ""

    def __str__(self) -> str:
        if self.child:
            return f"{self.child}: {self.name} of {self.month}" if self.month else f"{self.child}: {self.name}"
        return f"{self.name} of {self.month}" if self.month else self.name


FigureDifference = tuple[Figure, str, str]
"""A figure, what it was, and what it is now."""


def differences(before: Document, after: Document) -> list[tuple[str, str, str]]:
    """Every figure that differs between two statements of a month: its place, what it was, what it is now.

    The day of the cut-off is no figure. A line that only one of them has shows `—` on the other side.
    """
    return [(str(figure), old, new) for figure, old, new in figure_differences(before, after)]


def figure_differences(before: Document, after: Document) -> list[FigureDifference]:
    """The same, with each place in its parts."""
    old, new = dict(figures_of(before)), dict(figures_of(after))
    places = [*old, *(place for place in new if place not in old)]
    return [
        (place, old.get(place, NO_FIGURE), new.get(place, NO_FIGURE))
        for place in places
        if old.get(place) != new.get(place)
    ]


def figures_of(document: Document) -> Iterable[tuple[Figure, str]]:
    """Every figure of a statement, in the document's order."""
    for line in document["lines"]:
        yield Figure("nights", line["child"]), str(line["nights"])
        yield Figure("saving", line["child"]), line["saving"]
    for entry in document["adjustments"]:
        yield Figure("adjustment", entry["child"], entry["month"]), entry["saving"]
    for key in ("savings_in_month", "savings_to_date", "schedule_to_date", "run_rate"):
        yield Figure(key), document[key]
    for month, fee in document["fixed_fee_by_month"].items():
        yield Figure("fixed fee", month=month), fee
    for kind, amount in document["charges"].items():
        yield Figure(f"charged: {kind}"), amount
    for key in ("total", "charged_to_date", "headroom"):
        yield Figure(key), document[key]
