"""Clauses that can be read two ways and are no term of the arithmetic: each room says how its own are read.

A room registers its reader in `AppConfig.ready`; the page *How we read the contract* asks here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

DECISION = "Plymouth City Council, Executive Decision L04 25/26 of 29 July 2025"
BRIEFING_NOTE = "Briefing note, Appendix A to Executive Decision L04 25/26 of Plymouth City Council"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a public paper, as they are printed there; `place` is where in the paper they stand."""

    paper: str
    place: str
    text: str

    @property
    def source(self) -> str:
        """The paper and the place in it."""
        return f"{self.paper}, {self.place}"


@dataclass(frozen=True, slots=True)
class SettledReading:
    """How a clause is read that no term of the arithmetic stands for, and where that is kept.

    `clause` is the paragraph of docs/contract.md. `open` says in what ways it can be read, `decided` which of them
    holds, `set_by` who recorded that and when, and `to_date` what another one would have charged, or why none differs.
    """

    key: str
    name: str
    clause: str
    open: str
    quotations: tuple[Quotation, ...]
    decided: str
    kept_in: str
    address: str
    set_by: tuple[str, ...]
    to_date: str

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return anchor_of(self.key)


def anchor_of(key: str) -> str:
    """A term's key as the name of a place on a page: `success-fee-basis`."""
    return key.replace(".", "-").replace("_", "-")


Reader = Callable[[Any], Iterable[SettledReading]]
"""Takes the contract; gives the readings of it that the room keeps, in a fixed number of queries."""

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make the reader known to this process; call it from `AppConfig.ready`."""
    if reader not in _readers:
        _readers.append(reader)


def settled_readings(contract: Any) -> list[SettledReading]:
    """What every room says of the contract, in the order in which the rooms registered."""
    return [reading for reader in _readers for reading in reader(contract)]
