"""How EN 16931 names what the contract calls a VAT treatment: categories S, Z, E and O, and their breakdown."""

from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.core.charges import EXEMPT, OUTSIDE
from invoicing.documents.content import LineContent
from invoicing.documents.words import EXEMPT_REASON, OUTSIDE_REASON

STANDARD_RATED = "S"
ZERO_RATED = "Z"
EXEMPT_FROM_VAT = "E"
NOT_SUBJECT = "O"


@dataclass(frozen=True, slots=True)
class Category:
    """A VAT category with its rate in ten-thousandths. Category O has no rate at all."""

    code: str
    rate: int

    @property
    def percent(self) -> str | None:
        """The rate as UBL writes it: `20.00`; None for what is not subject to VAT (BR-O-05)."""
        return None if self.code == NOT_SUBJECT else f"{self.rate // 100}.{self.rate % 100:02d}"


@dataclass(frozen=True, slots=True)
class Subtotal:
    """The lines of one category, in pence, and why no VAT is charged on them where that has to be said."""

    category: Category
    net_pence: int
    vat_pence: int
    reason: str


def category_of(line: LineContent, among: Iterable[LineContent]) -> Category:
    """The line's category among all lines of its document.

    Category O allows no other beside it (BR-O-11 to BR-O-14). Where lines outside the scope of VAT stand beside
    others, they take the category of exempt ones, and the reason says what they are.
    """
    if line.vat_rate:
        return Category(STANDARD_RATED, line.vat_rate)
    if line.vat_treatment == OUTSIDE:
        alone = all(each.vat_treatment == OUTSIDE for each in among)
        return Category(NOT_SUBJECT if alone else EXEMPT_FROM_VAT, 0)
    return Category(EXEMPT_FROM_VAT if line.vat_treatment == EXEMPT else ZERO_RATED, 0)


def breakdown(lines: tuple[LineContent, ...]) -> tuple[Subtotal, ...]:
    """The lines by category, each category once, in the order of the first line of each."""
    groups: dict[Category, list[LineContent]] = {}
    for line in lines:
        groups.setdefault(category_of(line, lines), []).append(line)
    return tuple(
        Subtotal(
            category,
            sum(line.net_pence for line in group),
            sum(line.vat_pence for line in group),
            _reason(group),
        )
        for category, group in groups.items()
    )


def _reason(group: list[LineContent]) -> str:
    reasons = {EXEMPT: EXEMPT_REASON, OUTSIDE: OUTSIDE_REASON}
    found = {line.vat_treatment for line in group}
    return "; ".join(reason for treatment, reason in reasons.items() if treatment in found)
