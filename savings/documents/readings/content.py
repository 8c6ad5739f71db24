"""What the page, the PDF and the workbook of a contract's readings are made from: one plain value."""

from dataclasses import dataclass
from datetime import datetime

from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.readings import Quotation, SettledReading, anchor_of
from pbr_ledger.words import signed_shown
from savings.core.results import Charges
from savings.documents.sections import CHARGE_NAMES

AMOUNT_NAMES = (*(name for _, name in CHARGE_NAMES), "Total")
"""What stands over a row's amounts."""


@dataclass(frozen=True, slots=True)
class AmountShown:
    """What a reading would have charged, and how that differs from what was charged, empty where it does not."""

    name: str
    amount: str
    change: str

    @property
    def change_shown(self) -> str:
        """The difference, also where there is none."""
        return self.change or pounds_shown(0)


@dataclass(frozen=True, slots=True)
class RowShown:
    """One reading of a term and what it comes to; `status` is set for the one that holds.

    `difference` is by how much its `charges` differ from what was charged, in pence. `totals` is what all charges
    together came to by the end of each closed month. `over_time` says where the two were furthest apart on the way, if
    they differed more then than now.
    """

    name: str
    does: str
    status: str
    charges: Charges
    difference: Charges
    totals: tuple[tuple[Month, int], ...]
    over_time: str = ""

    @property
    def amounts(self) -> tuple[AmountShown, ...]:
        """By kind of charge, then the total."""
        pence = [(getattr(self.charges, kind), getattr(self.difference, kind)) for kind, _ in CHARGE_NAMES]
        pence.append((self.charges.total, self.difference.total))
        return tuple(
            AmountShown(name, pounds_shown(amount), signed_shown(change) if change else "")
            for name, (amount, change) in zip(AMOUNT_NAMES, pence, strict=True)
        )

    @property
    def total(self) -> AmountShown:
        """All kinds together."""
        return self.amounts[-1]

    @property
    def differs(self) -> bool:
        """Whether any kind of charge would be another to date."""
        return self.difference != Charges()


@dataclass(frozen=True, slots=True)
class SettingShown:
    """A version of the terms that set a reading: to what, from when on, by whom and when it was recorded."""

    version: int
    value: str
    effective_from: str
    recorded_by: str
    recorded_at: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """A term with its readings, the one that holds first; `remark` says why they come to what they do."""

    key: str
    name: str
    clause: str
    open: str
    quotations: tuple[Quotation, ...]
    settings: tuple[SettingShown, ...]
    rows: tuple[RowShown, ...]
    remark: str

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return anchor_of(self.key)


@dataclass(frozen=True, slots=True)
class ReadingsContent:
    """How a contract is read, and what other readings would have charged in the months closed so far.

    `months` are those, in words; empty while none is closed, when there are no amounts either. `readings` is empty
    while the contract has no terms.
    """

    contract_reference: str
    contract_title: str
    decision: str
    parties: str
    council: str
    months: str
    last_closed: str
    compared: str
    readings: tuple[ReadingShown, ...]
    settled: tuple[SettledReading, ...]
    known_at: datetime
    release: str

    @property
    def differing(self) -> tuple[tuple[ReadingShown, RowShown], ...]:
        """The readings that would have charged something else to date, each with the term that it is of."""
        return tuple((reading, row) for reading in self.readings for row in reading.rows if row.differs)

    @property
    def differing_on_the_way(self) -> tuple[tuple[ReadingShown, RowShown], ...]:
        """Those that come to the same by now, but charged otherwise on the way."""
        return tuple(
            (reading, row) for reading in self.readings for row in reading.rows if row.over_time and not row.differs
        )
