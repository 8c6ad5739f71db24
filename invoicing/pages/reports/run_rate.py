"""The run rate at the end of each month, against the threshold from which a success fee is paid (6.1, 6.2)."""

from collections.abc import Iterator

from cohort.core.facts import KnownFacts
from cohort.core.terms import Terms, programme_start, terms_for_month
from cohort.queries import facts_known_at
from invoicing.documents.reports.model import COUNT, MONEY, SHARE, Column, Report, Row, Sum, Table, row_of
from invoicing.pages.reports.ground import Ground, period_words
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month, day_of
from pbr_ledger.words import day_shown, month_shown, rate_shown
from savings.core.nights import journeys
from savings.core.run_rate import last_night, run_rate
from savings.core.what_if.cliff import fee_amount

KEY, TITLE = "run-rate", "Run rate and success fee"
COLUMNS = (
    Column("children", "Children", COUNT),
    Column("closed", "As closed", MONEY),
    Column("now", "As known now", MONEY),
    Column("threshold", "Threshold", MONEY),
    Column("above", "Above it", MONEY, Sum(("now",), ("threshold",))),
    Column("share", "Share of it", SHARE),
    Column("fee", "Success fee", MONEY),
)
OF_RUN_RATE = (
    "The run rate is what the month’s last night saves, taken for a whole year (clause 6.1). As closed: what the "
    "month’s statement says. As known now: worked out again from every fact recorded since, such as a breakdown that "
    "was reported late. Children: those whose night counts."
)
OF_FEE = (
    "Success fee: what it would be if the programme ended that night with the run rate as known now (clause "
    "6.2). It is paid once, with the statement of the month in which the programme’s last night lies."
)
OF_REALISED = (
    "By the terms of this contract the success fee is paid on the savings realised over Phase 3 and not on the run "
    "rate (clause 6.3): the last column says what the run rate would give, and is not what will be charged."
)


def run_rate_report(ground: Ground) -> Report:
    """The report, for every month of the programme that is over and not after the period; a fixed number of queries."""
    known = facts_known_at(contract=ground.contract, at=ground.at)
    rows = tuple(_rows(ground, known)) if known.terms else ()
    table = Table(
        "months",
        "Run rate month by month",
        "Month",
        COLUMNS,
        rows,
        intro=_said(rows[-1]) if rows else "",
        empty="No month of the programme is over yet.",
    )
    notes = (OF_RUN_RATE, OF_FEE, *_of_the_terms(ground, known)) if known.terms else (OF_RUN_RATE, OF_FEE)
    return ground.report(KEY, TITLE, period=f"To {period_words(ground.period)}", tables=[table], notes=notes)


def _rows(ground: Ground, known: KnownFacts) -> Iterator[Row]:
    closed = {each.month: each.run_rate for each in ground.statements}
    children = journeys(known)
    today = day_of(ground.at)
    for month in programme_start(known.terms).through(ground.month):
        if month.last_day >= today:
            return
        night = min(month.last_day, last_night(terms_for_month(known.terms, month)))
        now = run_rate(night, children=children, versions=known.terms)
        fee = terms_for_month(known.terms, Month.of(night)).success_fee
        figures = {
            "children": len(now.by_child),
            "closed": closed.get(month),
            "now": now.total_pence,
            "threshold": fee.threshold_pence,
            "share": _share(now.total_pence, fee.threshold_pence),
            "fee": fee_amount(now.total_pence, fee),
        }
        yield row_of(str(month), month_shown(month), figures, COLUMNS)


def _share(part: int, whole: int) -> int | None:
    """In thousandths, never rounded up; nothing of no threshold, and none where more is spent than saved."""
    return max(0, part) * 1000 // whole if whole > 0 else None


def _said(row: Row) -> str:
    """Where the run rate stands in the last month of the table, in a sentence."""
    cells = dict(zip((column.key for column in COLUMNS), row.cells, strict=True))
    now, threshold, above, fee = (int(str(cells[key])) for key in ("now", "threshold", "above", "fee"))
    if above <= 0:
        return (
            f"At the end of {row.name} the run rate is {pounds_shown(now)} a year: {pounds_shown(-above)} short of the "
            f"{pounds_shown(threshold)} above which a success fee is paid."
        )
    return (
        f"At the end of {row.name} the run rate is {pounds_shown(now)} a year: {pounds_shown(above)} above the "
        f"{pounds_shown(threshold)} from which a success fee is paid, which would make it {pounds_shown(fee)}."
    )


def _of_the_terms(ground: Ground, known: KnownFacts) -> Iterator[str]:
    terms = terms_for_month(known.terms, ground.month)
    fee = terms.success_fee
    yield (
        f"By the terms for {month_shown(ground.month)} the fee is {rate_shown(fee.rate)} of what lies above "
        f"{pounds_shown(fee.threshold_pence)}, and the programme’s last night is {day_shown(last_night(terms))}. "
        "From its month on the run rate is that of this night."
    )
    if _is_realised(terms):
        yield OF_REALISED


def _is_realised(terms: Terms) -> bool:
    return terms.success_fee.basis == "realised"
