"""A contract's months since the programme began: where each stands, what it came to, and its report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cohort.core.terms import NoTermsKnown, programme_start, terms_for_month
from cohort.models import Contract
from cohort.queries import terms_of, terms_versions
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.core.run_rate import last_night
from savings.documents.content import ReportContent
from savings.documents.sections import MonthRow, month_rows
from savings.lifecycles import AGREED, DISPUTED, LAPSED, PART_AGREED, PROPOSED
from savings.models import RECONCILIATION_REPORT, Proposal, StatementReport
from savings.queries import closed_statements
from savings.services import reconciliation_content

STATUS_WORDS = {
    PROPOSED: ("Proposed", "blue"),
    PART_AGREED: ("Agreed by one side", "blue"),
    AGREED: ("Agreed by both sides", "turquoise"),
    DISPUTED: ("Disputed", "red"),
    LAPSED: ("Proposal lapsed", "yellow"),
}
"""A proposal's status as a page says it, and the colour of its tag."""
CLOSED_WORDS = ("Closed", "green")
SKIPPED_WORDS = ("Skipped", "grey")
NOTHING_WORDS = ("Nothing yet", "grey")


@dataclass(frozen=True, slots=True)
class MonthStanding:
    """A month of the programme; `figures` are as now known, None before it is closed.

    `address` is the month as an address writes it where there is a statement to open, else empty.
    """

    month: str
    address: str
    status: str
    colour: str
    figures: MonthRow | None
    has_report: bool


@dataclass(frozen=True, slots=True)
class ContractMonths:
    """The months, and the content of the last closed statement, by which their figures are known."""

    months: tuple[MonthStanding, ...]
    latest: ReportContent | None


def contract_months(contract: Contract) -> ContractMonths:
    """Every month from the programme's first to its last, and later ones that have a statement.

    Raises `StatementNotReproduced` when the facts no longer give the last closed statement.
    """
    closed = {each.month: each for each in closed_statements(contract).select_related("contract")}
    latest = reconciliation_content(closed[max(closed)]) if closed else None
    statuses = _statuses(contract)
    figures = _figures(latest)
    reported = _reported(contract)
    last_closed = max(closed, default=None)
    return ContractMonths(
        tuple(
            _standing(
                month,
                statuses.get(month),
                is_closed=month in closed,
                is_skipped=last_closed is not None and month < last_closed,
                figures=figures.get(month),
                has_report=month in reported,
            )
            for month in _programme(contract, {*statuses, *closed})
        ),
        latest,
    )


def _programme(contract: Contract, months: set[Month]) -> Iterator[Month]:
    versions = [terms_of(row) for row in terms_versions(contract, None)]
    try:
        first = programme_start(versions)
    except NoTermsKnown:
        return iter(())
    ends = Month.of(last_night(terms_for_month(versions, max(months, default=first))))
    return first.through(max(ends, *months))


def _statuses(contract: Contract) -> dict[Month, str]:
    """The status of each month's last proposal."""
    latest = Proposal.objects.filter(contract=contract).order_by("month_start", "-number").distinct("month_start")
    return {Month.of(start): status for start, status in latest.values_list("month_start", "status")}


def _figures(latest: ReportContent | None) -> Mapping[Month, MonthRow]:
    if latest is None:
        return {}
    return {fee.month: row for fee, row in zip(latest.statement.months, month_rows(latest), strict=True)}


def _reported(contract: Contract) -> set[Month]:
    reports = StatementReport.objects.filter(statement__contract=contract, name=RECONCILIATION_REPORT)
    return {Month.of(start) for start in reports.values_list("statement__month_start", flat=True)}


def _standing(
    month: Month,
    status: str | None,
    *,
    is_closed: bool,
    is_skipped: bool,
    figures: MonthRow | None,
    has_report: bool,
) -> MonthStanding:
    without = SKIPPED_WORDS if is_skipped else NOTHING_WORDS
    words, colour = CLOSED_WORDS if is_closed else STATUS_WORDS.get(status or "", without)
    opens = is_closed or status in STATUS_WORDS
    return MonthStanding(month_shown(month), str(month) if opens else "", words, colour, figures, has_report)
