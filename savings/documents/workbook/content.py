"""What the workbook of a closed month is made from."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cohort.core.facts import KnownFacts
from cohort.core.terms import Terms, terms_for_month
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month
from savings.core.document import Document
from savings.core.results import Statement
from savings.documents.content import ReportContent


@dataclass(frozen=True, slots=True)
class EarlierStatement:
    """An earlier closed statement, as its stored document holds it, and the ids of the expenses it charged (8.2)."""

    month: Month
    document: Document
    expenses: frozenset[str]

    def stated(self) -> Iterator[tuple[str, str, Month, int]]:
        """What it stated: `line` or `adjustment`, the child, the month it is about, and the saving in pence (5.1)."""
        for line in self.document["lines"]:
            yield "line", line["child"], self.month, in_pence(line["saving"])
        for entry in self.document["adjustments"]:
            yield "adjustment", entry["child"], Month.parse(entry["month"]), in_pence(entry["saving"])


@dataclass(frozen=True, slots=True)
class WorkbookContent:
    """A closed statement, everything known at its cut-off, and the statements closed before it in rising order.

    `report` says who agreed and what the figures are; its result document is what the checks compare with.
    """

    report: ReportContent
    known: KnownFacts
    earlier: tuple[EarlierStatement, ...]

    @property
    def statement(self) -> Statement:
        """The statement worked out again, with its workings."""
        return self.report.statement

    @property
    def month(self) -> Month:
        """The month that the statement reconciles."""
        return self.report.month

    @property
    def months(self) -> tuple[Month, ...]:
        """Every month from the programme's first to the statement's."""
        return tuple(fee.month for fee in self.statement.months)

    @property
    def versions(self) -> tuple[Terms, ...]:
        """The versions of the terms known, the one recorded last at the end (docs/contract.md 11.1)."""
        return tuple(sorted(self.known.terms, key=lambda terms: terms.recorded))

    def terms_of(self, month: Month) -> Terms:
        """The version in force for the month."""
        return terms_for_month(self.known.terms, month)

    def version_number(self, terms: Terms) -> int:
        """At which place the version stands among those known, counted from 1: the last of several that are equal."""
        return max(number for number, version in enumerate(self.versions, start=1) if version == terms)

    def stored(self) -> dict[str, Any]:
        """The statement as it was closed."""
        document: dict[str, Any] = json.loads(self.report.document_json)["statements"][0]
        return document


def in_pence(text: str) -> int:
    """The pence of an amount written in a result document."""
    return pence_of(Decimal(text))
