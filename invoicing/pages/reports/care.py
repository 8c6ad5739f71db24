"""What the council paid for the care of the whole cohort: by setting, and by period."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from cohort.core.facts import EXTRA_COST_KINDS, RESIDENTIAL_SETTINGS, SETTINGS, KnownFacts
from cohort.core.terms import terms_for_month
from cohort.queries import facts_known_at
from invoicing.core.calendar import Period
from invoicing.documents.reports.model import (
    COUNT,
    MONEY,
    SHARE,
    Column,
    Report,
    Row,
    Sum,
    Table,
    Value,
    row_of,
    sum_row,
)
from invoicing.pages.reports.ground import Ground, not_over_words, period_words
from pbr_ledger.words import month_shown, setting_shown
from savings.core.care import CarePaid, care_paid

KEY, TITLE = "care", "Care of the cohort by setting"
BESIDE = {"notice": "Notice at the home left", "retainer": "Retainers", "support": "Support packages"}
BY_SETTING = (
    Column("children", "Children", COUNT),
    Column("nights", "Nights", COUNT),
    Column("full", "Full price", MONEY),
    Column("partners", "Partners pay", MONEY, Sum(("full",), ("council",))),
    Column("council", "Council pays", MONEY),
    Column("share", "Share", SHARE),
)
BY_PERIOD = (
    Column("residential", "Residential", MONEY),
    Column("family", "In families", MONEY),
    Column("other", "Other places", MONEY),
    Column("beside", "Beside the placement", MONEY),
    Column("council", "Council pays", MONEY, Sum(("residential", "family", "other", "beside"))),
)
EMPTY: Final = "No child was in the cohort in this time."
OF_NIGHTS = (
    "Every night of every child while it is in the cohort, as known now: whether its placement is claimed or not, in "
    "the programme or not. A placement without an end is taken to go on. A child that moved stands in several rows."
)
OF_PRICES = (
    "Prices are those of the placements, a week of seven nights (clauses 2.3 and 2.4), so that no year has 52 or 53 "
    "weeks. What partners pay is taken off. Each amount is rounded once for a child, a month and a setting. Nothing "
    "that this contract charges stands here, nor staff or overheads."
)
OF_GROUPS = (
    "Residential: residential and unregistered. In families: the other family settings of the terms in force for the "
    "month. "
    "Beside the placement: notice, retainers and support packages, which have no nights of their own."
)


def care_report(ground: Ground) -> Report:
    """The report of the financial year to the period's end; a fixed number of queries, however many children."""
    known = facts_known_at(contract=ground.contract, at=ground.at)
    care = tuple(care_paid(known, first=ground.first_month_of_year, last=ground.month))
    tables = (
        Table("settings", "By setting", "Setting", BY_SETTING, _setting_rows(care), empty=EMPTY),
        Table("periods", "By period", "Period", BY_PERIOD, _period_rows(ground, known, care), empty=EMPTY),
    )
    period = f"Financial year to {period_words(ground.period)}"
    notes = (not_over_words(ground), OF_NIGHTS, OF_PRICES, OF_GROUPS)
    return ground.report(KEY, TITLE, period=period, tables=tables, notes=notes)


def _setting_rows(care: Sequence[CarePaid]) -> tuple[Row, ...]:
    whole = _council(care)
    rows = [
        _setting_row(what, name, found, whole)
        for what, name, is_beside in _kinds()
        if (found := [each for each in care if (each.what, each.is_beside) == (what, is_beside)])
    ]
    if not rows:
        return ()
    total = sum_row("total", "Together", rows, BY_SETTING)
    return (*rows, Row(total.key, total.name, (None, *total.cells[1:]), total.look, total.of))


def _kinds() -> Iterator[tuple[str, str, bool]]:
    """Every row that there can be: the settings in their order, then what is paid beside them."""
    yield from ((setting, setting_shown(setting), False) for setting in SETTINGS)
    yield from ((kind, BESIDE[kind], True) for kind in EXTRA_COST_KINDS)


def _setting_row(what: str, name: str, found: Sequence[CarePaid], whole: int) -> Row:
    council = _council(found)
    figures: dict[str, Value] = {
        "children": len({each.child for each in found}),
        "nights": None if found[0].is_beside else sum(each.nights for each in found),
        "full": sum(each.full_pence for each in found),
        "council": council,
        "share": council * 1000 // whole if whole > 0 else None,
    }
    return row_of(what, name, figures, BY_SETTING)


def _period_rows(ground: Ground, known: KnownFacts, care: Sequence[CarePaid]) -> tuple[Row, ...]:
    if not care:
        return ()
    rows = []
    for month in ground.first_month_of_year.through(ground.month):
        family = terms_for_month(known.terms, month).family_settings if known.terms else ()
        found = [each for each in care if each.month == month]
        figures: dict[str, Value] = {
            "residential": _in_settings(found, RESIDENTIAL_SETTINGS),
            "family": _in_settings(found, [each for each in family if each not in RESIDENTIAL_SETTINGS]),
            "other": _in_settings(found, [each for each in SETTINGS if each not in (*RESIDENTIAL_SETTINGS, *family)]),
            "beside": _council(each for each in found if each.is_beside),
        }
        name = f"P{Period.of(month.first_day).number} {month_shown(month)}"
        rows.append(row_of(str(month), name, figures, BY_PERIOD))
    return (*rows, sum_row("total", "To date", rows, BY_PERIOD))


def _in_settings(care: Iterable[CarePaid], settings: Collection[str]) -> int:
    return _council(each for each in care if not each.is_beside and each.what in settings)


def _council(care: Iterable[CarePaid]) -> int:
    return sum(each.council_pence for each in care)
