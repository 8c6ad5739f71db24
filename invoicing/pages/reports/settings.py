"""Savings by setting: from where to where the children moved, and whether leaving the bed saves cash (2.6, 2.7)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from cohort.queries import facts_known_at_each
from invoicing.documents.reports.model import (
    COUNT,
    MONEY,
    SHARE,
    TEXT,
    Column,
    Report,
    Row,
    Table,
    Value,
    row_of,
    sum_row,
)
from invoicing.pages.reports.ground import Ground, not_closed_words, period_words
from pbr_ledger.words import instant_shown, month_shown, setting_shown
from savings.core.by_setting import PlacementSaving, savings_by_placement

KEY, TITLE = "settings", "Savings by setting"
NOT_KNOWN = "Not known"
CASHABLE, FREES_A_BED = "Cashable", "Frees a bed"
BY_SETTING = (
    Column("cash", "Saving", TEXT),
    Column("placements", "Placements", COUNT),
    Column("nights", "Nights", COUNT),
    Column("savings", "Savings", MONEY),
    Column("share", "Share", SHARE),
)
BY_CASH = (
    Column("year", "Financial year to date", MONEY),
    Column("start", "Since the start", MONEY),
)
EMPTY: Final = "No night of these months counted."
OF_SETTINGS = (
    "From: the residential or unregistered placement that the child lived in last before the family, also where it has "
    "moved between families since. Placements are those with counted nights; each stands in one row alone. A share of "
    "savings is never rounded up."
)
OF_CASH = (
    "Cashable: the bed that was left was not under a block contract, so that nobody pays for it any more. Frees a bed: "
    "it was, so that the council pays for it until another child needs it or the block contract is made smaller. The "
    "fees of this contract are the same for both. Whether a bed is under a block contract stands with its "
    "placement, and is read as known now."
)
Group = tuple[str, str, str]
"""From which setting, to which, and what the saving is."""


class Grouped(NamedTuple):
    """What a placement saved in a month, with the row in which it stands."""

    group: Group
    saving: PlacementSaving


def settings_report(ground: Ground) -> Report:
    """The report, from what was known at the cut-off of the last statement closed by the period; fixed queries.

    Which beds are under a block contract is read as known now: no figure hangs on it, so nobody recorded it in time.
    """
    savings = _savings(ground)
    of_year = [each for each in savings if each.saving.month >= ground.first_month_of_year]
    tables = (
        Table("year", "Financial year to date", "From and to", BY_SETTING, _rows(of_year), empty=EMPTY),
        Table("start", "Since the start", "From and to", BY_SETTING, _rows(savings), empty=EMPTY),
        Table("cash", "Cashable and not", "Saving", BY_CASH, _cash_rows(of_year, savings), empty=EMPTY),
    )
    notes = (not_closed_words(ground, ground.first_month_of_year), _basis(ground), OF_SETTINGS, OF_CASH)
    return ground.report(KEY, TITLE, period=f"To {period_words(ground.period)}", tables=tables, notes=notes)


def _savings(ground: Ground) -> list[Grouped]:
    closed = ground.closed()
    if not closed:
        return []
    cut_off = closed[-1].known_at
    known = facts_known_at_each(contract=ground.contract, instants={cut_off, ground.at})
    blocked = {key for key, placement in known[ground.at].placements.items() if placement.block_contract}
    savings = savings_by_placement(known[cut_off], last=closed[-1].month)
    return [Grouped(_group(saving, blocked), saving) for saving in savings]


def _group(saving: PlacementSaving, blocked: Collection[str]) -> Group:
    left = saving.left
    cash = FREES_A_BED if left is not None and left.id in blocked else CASHABLE
    return setting_shown(left.setting) if left else NOT_KNOWN, setting_shown(saving.placement.setting), cash


def _basis(ground: Ground) -> str:
    closed = ground.closed()
    if not closed:
        return ""
    last = closed[-1]
    return (
        f"Worked out from what was known at the cut-off of the statement of {month_shown(last.month)}, "
        f"{instant_shown(last.known_at)}; since the start it comes to the savings to date of that statement. A saving "
        "that was learned of later stands here in the month to which it belongs."
    )


def _rows(savings: Sequence[Grouped]) -> tuple[Row, ...]:
    groups: dict[Group, list[PlacementSaving]] = {}
    for each in savings:
        groups.setdefault(each.group, []).append(each.saving)
    whole = _together(each.saving for each in savings)
    rows = [_row(group, groups[group], whole) for group in sorted(groups)]
    return (*rows, sum_row("total", "Together", rows, BY_SETTING)) if rows else ()


def _row(group: Group, savings: Sequence[PlacementSaving], whole: int) -> Row:
    left, setting, cash = group
    saved = _together(savings)
    figures: dict[str, Value] = {
        "cash": cash,
        "placements": len({each.placement.id for each in savings}),
        "nights": sum(each.nights for each in savings),
        "savings": saved,
        "share": saved * 1000 // whole if whole > 0 and saved >= 0 else None,
    }
    return row_of("/".join(group), f"{left} to {setting[0].lower()}{setting[1:]}", figures, BY_SETTING)


def _cash_rows(of_year: Sequence[Grouped], savings: Sequence[Grouped]) -> tuple[Row, ...]:
    if not savings:
        return ()
    rows = [
        row_of(name, name, {"year": _of(of_year, name), "start": _of(savings, name)}, BY_CASH)
        for name in (CASHABLE, FREES_A_BED)
    ]
    return (*rows, sum_row("total", "Together", rows, BY_CASH))


def _of(savings: Iterable[Grouped], cash: str) -> int:
    return _together(each.saving for each in savings if each.group[-1] == cash)


def _together(savings: Iterable[PlacementSaving]) -> int:
    return sum(each.saving_pence for each in savings)
