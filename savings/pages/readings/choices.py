"""The ways to read a term: what a choice and a reading are, and how they are written down (docs/contract.md 11.2)."""

from collections.abc import Callable
from dataclasses import dataclass

from cohort.core.terms import Terms
from cohort.pages.terms.words import READINGS
from pbr_ledger.readings import BRIEFING_NOTE, DECISION, Quotation
from savings.core.model import VaryTerms

MODEL = "Commercial Model"
"""A heading of the briefing note."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read a term: its word, what people call it, what it does, and how terms are made to read so."""

    key: str
    name: str
    does: str
    vary: VaryTerms


@dataclass(frozen=True, slots=True)
class Reading:
    """A term that can be read in several ways, by its key in a scenario file (docs/scenario.md).

    `clause` is the paragraph of docs/contract.md, `open` what the papers leave open or say in two ways. The first
    choice is what holds where a scenario file says nothing.
    """

    term: str
    clause: str
    open: str
    quotations: tuple[Quotation, ...]
    choices: tuple[Choice, ...]


def decision(section: int, paragraph: int, text: str) -> Quotation:
    """Words of the Executive Decision."""
    return Quotation(DECISION, f"section {section}, paragraph {paragraph}", text)


def briefing(heading: str, paragraph: int, text: str) -> Quotation:
    """Words of the briefing note; its paragraphs are counted within each heading."""
    return Quotation(BRIEFING_NOTE, f"“{heading}”, paragraph {paragraph}", text)


def choices_of(term: str, vary: Callable[[Terms, str], Terms]) -> tuple[Choice, ...]:
    """A term's choices in the words of its own page."""

    def made(word: str) -> VaryTerms:
        return lambda terms: vary(terms, word)

    return tuple(Choice(word, name, does, made(word)) for word, (name, does) in READINGS[term].items())
