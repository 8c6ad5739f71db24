"""A contract's months since the programme began: where each stands, what it came to, and its report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.terms import Terms, programme_start, terms_for_month
from cohort.models import Contract
from cohort.queries import terms_of, terms_versions
from pbr_ledger.listing import Column
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.sorting import DAY, NUMBER, Sort
from pbr_ledger.words import month_shown
from savings.core.run_rate import last_night
from savings.documents.content import ReportContent
from savings.documents.sections import MonthRow, month_rows
from savings.lifecycles import AGREED, CLOSED, DISPUTED, LAPSED, PART_AGREED, PROPOSED
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, Proposal, StatementReport
from savings.queries import closed_statements
from savings.services import standing_content

WITHDRAWN = "withdrawn"
"""A disputed proposal whose dispute was taken back: the same figures can be proposed again."""
NOT_BEFORE_THE_PARTIES = (None, LAPSED, WITHDRAWN)

STATUS_WORDS = {
    PROPOSED: ("Proposed", "blue"),
    PART_AGREED: ("Agreed by one side", "blue"),
    AGREED: ("Agreed by both sides", "turquoise"),
    DISPUTED: ("Disputed", "red"),
    LAPSED: ("Proposal lapsed", "yellow"),
    WITHDRAWN: ("Dispute withdrawn", "yellow"),
}
"""A proposal's status as a page says it, and the colour of its tag."""
CLOSED_WORDS = ("Closed", "green")
SKIPPED_WORDS = ("Skipped", "grey")
NOTHING_WORDS = ("Not proposed", "grey")


@dataclass(frozen=True, slots=True)
class MonthStanding:
    """A month of the programme; `figures` are as now known, None before it is closed.

    `address` is the month as an address writes it where there is a statement to open, else empty. `proposable` is the
    same where its figures can be proposed: it is over, later than all that is closed, and not before the parties.
    """

    month: str
    start: date
    address: str
    proposable: str
    status: str
    colour: str
    figures: MonthRow | None
    has_report: bool
    has_workbook: bool


@dataclass(frozen=True, slots=True)
class ContractMonths:
    """The months, and the content of the last closed statement, by which their figures are known.

    `cap` is the whole fixed fee, empty before there are terms. `following` is a month after the programme, as an
    address writes it, that can be proposed once all is closed.
    """

    months: tuple[MonthStanding, ...]
    latest: ReportContent | None
    cap: str
    following: str
    following_shown: str

    @property
    def limit_name(self) -> str:
        """What limits the fixed fee, as the heading of a column."""
        is_cap = self.latest is not None and self.latest.statement.terms.fixed_fee_limit == "cap"
        return "Cap" if is_cap else "Schedule to date"

    @property
    def next_proposable(self) -> tuple[str, str]:
        """The first month whose figures can be proposed: its name, and as an address writes it; both empty if none."""
        for each in self.months:
            if each.proposable:
                return each.month, each.proposable
        return self.following_shown, self.following


def month_columns(limit_name: str) -> tuple[Column, ...]:
    """The list as a file; figures as now known, empty before a month is closed."""

    def figure(name: str) -> Callable[[MonthStanding], str]:
        return lambda row: getattr(row.figures, name) if row.figures else ""

    return (
        ("Month", lambda row: row.month),
        ("Status", lambda row: row.status),
        ("Savings", figure("savings")),
        ("Fixed fee", figure("fee")),
        ("Fixed fee to date", figure("fees_to_date")),
        (limit_name, figure("limit_to_date")),
        ("Charged", figure("charged")),
        ("Charged to date", figure("charged_to_date")),
    )


def month_sorts(limit_name: str) -> tuple[Sort, ...]:
    """What the list can be sorted by; months that are not closed have no figures, and stand last."""
    shown = dict(month_columns(limit_name))
    return (
        Sort("month", "Month", lambda row: row.start, DAY),
        Sort("status", "Statement", shown["Status"]),
        Sort("savings", "Savings", shown["Savings"], NUMBER),
        Sort("fee", "Fee of the month", shown["Fixed fee"], NUMBER),
        Sort("limit", limit_name, shown[limit_name], NUMBER),
        Sort("charged", "Charged, all kinds", shown["Charged"], NUMBER),
        Sort("to_date", "Charged to date", shown["Charged to date"], NUMBER),
    )


def contract_months(contract: Contract, *, on: date) -> ContractMonths:
    """Every month from the programme's first to its last, and later ones that have a statement, as of that day.

    Raises `StatementNotReproduced` when the facts no longer give the last closed statement.
    """
    closed = {each.month: each for each in closed_statements(contract).select_related("contract")}
    latest = standing_content(closed[max(closed)]) if closed else None
    last_closed = max(closed, default=None)
    statuses, figures, reports = _statuses(contract), _figures(latest), _reports(contract)
    versions = [terms_of(row) for row in terms_versions(contract, None)]
    months = list(_programme(versions, {*statuses, *closed}))
    following = _following(months, last_closed, on)
    return ContractMonths(
        tuple(
            _standing(month, statuses.get(month), last_closed, on, figures.get(month), reports.get(month, set()))
            for month in months
        ),
        latest,
        pounds_shown(terms_for_month(versions, months[0]).cap_pence) if months else "",
        str(following) if following else "",
        month_shown(following) if following else "",
    )


def _following(months: list[Month], last_closed: Month | None, on: date) -> Month | None:
    """The month after the last closed one where the programme's months are used up and that month is over."""
    if last_closed is None or not months or last_closed != months[-1]:
        return None
    following = last_closed.plus(1)
    return following if following.last_day < on else None


def _programme(versions: Sequence[Terms], months: set[Month]) -> Iterator[Month]:
    if not versions:
        return iter(())
    first = programme_start(versions)
    ends = Month.of(last_night(terms_for_month(versions, max(months, default=first))))
    return first.through(max([ends, *months]))


def _statuses(contract: Contract) -> dict[Month, str]:
    """The status of each month's last proposal; `WITHDRAWN` for a dispute that was taken back."""
    latest = Proposal.objects.filter(contract=contract).order_by("month_start", "-number").distinct("month_start")
    rows = latest.values_list("month_start", "status", "dispute__withdrawn_at")
    return {
        Month.of(start): WITHDRAWN if status == DISPUTED and withdrawn else status for start, status, withdrawn in rows
    }


def _figures(latest: ReportContent | None) -> Mapping[Month, MonthRow]:
    if latest is None:
        return {}
    return {fee.month: row for fee, row in zip(latest.statement.months, month_rows(latest), strict=True)}


def _reports(contract: Contract) -> dict[Month, set[str]]:
    """The names of the documents that are made, by month."""
    found: dict[Month, set[str]] = {}
    rows = StatementReport.objects.filter(statement__contract=contract).values_list("statement__month_start", "name")
    for start, name in rows:
        found.setdefault(Month.of(start), set()).add(name)
    return found


def _standing(
    month: Month,
    status: str | None,
    last_closed: Month | None,
    on: date,
    figures: MonthRow | None,
    reports: set[str],
) -> MonthStanding:
    is_final = last_closed is not None and month <= last_closed
    without = SKIPPED_WORDS if is_final else NOTHING_WORDS
    words, colour = CLOSED_WORDS if status == CLOSED else STATUS_WORDS.get(status or "", without)
    opens = status == CLOSED or status in STATUS_WORDS
    proposable = not is_final and month.last_day < on and status in NOT_BEFORE_THE_PARTIES
    return MonthStanding(
        month=month_shown(month),
        start=month.first_day,
        address=str(month) if opens else "",
        proposable=str(month) if proposable else "",
        status=words,
        colour=colour,
        figures=figures,
        has_report=RECONCILIATION_REPORT in reports,
        has_workbook=RECONCILIATION_WORKBOOK in reports,
    )
