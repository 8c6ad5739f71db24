"""docs/readings.md says what the table of readings says; with `PBR_WRITE_DOCS=1` the test writes it anew."""

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from cohort.pages.terms.words import TermsStated, terms_shown
from savings.pages.readings.choices import Reading
from savings.pages.readings.table import TERM_READINGS
from tests.cohort import sample

PAGE = Path(__file__).resolve().parents[2] / "docs" / "readings.md"
WIDTH = 120
NAMES = {term.key: term.name for term in terms_shown(TermsStated(sample.TERMS, 10))}
HEAD = """\
# How the contract is read

Every term of a contract that can be read in more than one way: what the papers leave open, their words with the place
in them, and the readings that there are, the first of which holds where a [scenario file](scenario.md#terms) says
nothing. [The contract, as the ledger reads it](contract.md) says what each comes to.

In the ledger the page *How we read the contract*, reached from a contract's terms, shows the same with who set which
reading and when, and with what the other readings would have charged. For that every closed month is closed again, one
after the other, each from the facts that were known when it was closed, with nothing but the one reading changed in
every version of the terms ([11.2](contract.md#11.2), [11.4](contract.md#11.4)); what those statements would have
charged is added up by kind of charge, and set against what the closed ones did charge. `manage.py model` gives the
same figures for a scenario whose terms are edited so. Nothing is recorded by it.
"""


def readings_document() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n{part}\n" for reading in TERM_READINGS for part in _parts(reading))


def _parts(reading: Reading) -> Iterator[str]:
    yield f"## {NAMES[reading.term]}"
    clauses = ", ".join(f"[{number}](contract.md#{number})" for number in reading.clause.split(", "))
    yield fill(f"`{reading.term}`, clause {clauses}. {reading.open}", WIDTH, break_on_hyphens=False)
    for quotation in reading.quotations:
        yield fill(f"“{quotation.text}” ({quotation.source})", WIDTH, initial_indent="> ", subsequent_indent="> ")
    rows = [f"| {choice.name} | {choice.does} |" for choice in reading.choices]
    yield "\n".join(["| reading | what it does |", "|---|---|", *rows])


def test_the_page_is_what_the_table_makes_of_it() -> None:
    if os.environ.get("PBR_WRITE_DOCS"):
        PAGE.write_text(readings_document(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == readings_document(), "PBR_WRITE_DOCS=1 writes it anew"
