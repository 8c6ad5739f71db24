"""On the sheet *Charges*: the placements with carer households, and of each the first (docs/contract.md 7.1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Child, Household, Placement
from cohort.core.terms import Terms
from pbr_ledger.periods import Month
from savings.core.carer_fees import FirstPlacement
from savings.core.nights import journeys
from savings.documents.workbook import styles
from savings.documents.workbook.book import Sheet
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.terms import NO, YES

COLUMNS = (
    Column("household", "Household", "text", label=True),
    Column("no", "Household no.", "key", label=True),
    Column("placement", "Placement", "text", label=True),
    Column("child", "Child", "text", label=True),
    Column("from", "From", "date"),
    Column("until", "Until (not included)", "date"),
    Column("on", "Approved and placed on", "date"),
    Column("version", "Version of its month", "number", 9),
    Column("qualifies", "Qualifies", "text", 9),
    Column("first", "First of its household", "number", 9),
    Column("nights", "Nights it lasted", "count", 9),
    Column("broken", "Broke down on", "date"),
)
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A placement with an agreed claim and a carer household."""

    household: Household
    placement: Placement
    child: Child
    terms: Terms | None
    """The version of the month in which it could qualify; None where that is none of the statement's months."""

    @property
    def on(self) -> date | None:
        """The later of approval and move, on which it may qualify; None while panel has not approved (7.1)."""
        approved = self.household.panel_approved
        return max(approved, self.placement.start) if approved else None

    def qualifies(self, month: Month) -> bool:
        """Whether the placement qualifies by the month's last day (7.1)."""
        on, terms, child = self.on, self.terms, self.child
        if on is None or terms is None or self.household.assessed_by != "provider" or on > month.last_day:
            return False
        until, left = self.placement.until, child.left
        lives_there = (until is None or until > on) and child.joined <= on and (left is None or left > on)
        return lives_there and terms.counts_in_programme(on) and self.placement.setting in terms.family_settings


def found_placements(content: WorkbookContent) -> tuple[Candidate, ...]:
    """The candidates by household, then by placement: of several that qualify on one day the upper one is first."""
    return tuple(_candidates(content))


def _candidates(content: WorkbookContent) -> Iterator[Candidate]:
    known = content.known
    pairs = [
        (known.households[placement.household], placement, journey.child)
        for journey in journeys(known).values()
        for placement, _ in journey.placements
        if placement.household and placement.household in known.households
    ]
    for household, placement, child in sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id)):
        candidate = Candidate(household, placement, child, None)
        on = candidate.on
        if on and content.months[0] <= Month.of(on) <= content.month:
            candidate = Candidate(household, placement, child, content.terms_of(Month.of(on)))
        yield candidate


def write_carer_placements(
    sheet: Sheet,
    content: WorkbookContent,
    found: Sequence[Candidate],
    *,
    top: int,
    facts: FactTables,
    first: Mapping[str, FirstPlacement],
) -> Table:
    """A row for each candidate; those that are not the first of their household are grey."""
    table = Table("Charges", top, COLUMNS, len(found))
    rows = [_row(table, index, each, content, facts, first) for index, each in enumerate(found)]
    sheet.table(table, rows, height=42)
    area = f"A{table.top + 2}:{table.here('broken', table.last - table.top - 1)}"
    sheet.colour(area, f"${table.here('first', 0)}=0", styles.WITHOUT_EFFECT)
    return table


def _row(
    table: Table,
    index: int,
    candidate: Candidate,
    content: WorkbookContent,
    facts: FactTables,
    first: Mapping[str, FirstPlacement],
) -> tuple[Cell, ...]:
    here = {column.key: table.here(column.key, index) for column in COLUMNS}
    placement, household = candidate.placement, candidate.household
    approved = facts.household("approved", household.id)
    on = f'IF({approved}="","{NOTHING}",MAX({approved},{here["from"]}))'
    month = f"DATE(YEAR({here['on']}),MONTH({here['on']}),1)"
    is_first = household.id in first and first[household.id].placement.id == placement.id
    return (
        household.id,
        facts.household_numbers[household.id],
        placement.id,
        candidate.child.id,
        Formula(facts.placement("from", placement.id), placement.start),
        _or_nothing(facts.placement("until", placement.id), placement.until),
        Formula(on, candidate.on or NOTHING),
        Formula(
            f"IFERROR(INDEX(Month_version,MATCH({month},Months,0)),0)",
            content.version_number(candidate.terms) if candidate.terms else 0,
        ),
        Formula(_qualifies(here, candidate, facts), YES if candidate.qualifies(content.month) else NO),
        Formula(_first(table, index), int(is_first)),
        *_lasted(here, placement, facts),
    )


def _or_nothing(cell: str, value: str | date | None) -> Formula:
    return Formula(f'IF({cell}="","{NOTHING}",{cell})', value or NOTHING)


def _qualifies(here: Mapping[str, str], candidate: Candidate, facts: FactTables) -> str:
    """Everything that has to hold on the day; a dash for an open end is no number (7.1)."""
    child, placement, on, version = candidate.child.id, candidate.placement.id, here["on"], here["version"]
    left = facts.child("left", child)
    holds = [
        f"{on}<=Month_end",
        f"N({here['until']})*({here['until']}<={on})=0",
        f"{facts.child('joined', child)}<={on}",
        f'OR({left}="",{left}>{on})',
        f"INDEX(Phase_2_from,{version})<={on}",
        f"{on}<INDEX(Phase_3_until,{version})",
        f'INDEX(Family_settings,MATCH({facts.placement("setting", placement)},Settings,0),{version})="yes"',
        f"{facts.placement('claims', placement)}>0",
    ]
    assessed = facts.household("assessed_by", candidate.household.id)
    return f'IF(OR({version}=0,{assessed}<>"provider"),"no",IF(AND({",".join(holds)}),"yes","no"))'


def _first(table: Table, index: int) -> str:
    """1 where the row qualifies, none of its household's does earlier, and none above on the same day (7.2)."""
    here = {key: table.here(key, index) for key in ("no", "on", "qualifies")}
    all_rows = {key: _rows(table, key, table.count - 1) for key in here}
    above = {key: _rows(table, key, index - 1, first=-1) for key in here}
    earlier = f'COUNTIFS({all_rows["no"]},{here["no"]},{all_rows["qualifies"]},"yes",{all_rows["on"]},"<"&{here["on"]})'
    same_day = f'COUNTIFS({above["no"]},{here["no"]},{above["qualifies"]},"yes",{above["on"]},{here["on"]})'
    return f'IF({here["qualifies"]}="yes",IF({earlier}+{same_day}=0,1,0),0)'


def _rows(table: Table, key: str, last: int, first: int = 0) -> str:
    """Rows of a column from `first` to `last`; -1 is the heading."""
    letters = table.here(key, 0).rstrip("0123456789")
    return f"{letters}${table.top + 2 + first}:{letters}{'$' if first == 0 else ''}{table.top + 2 + last}"


def _lasted(here: Mapping[str, str], placement: Placement, facts: FactTables) -> tuple[Formula, Formula]:
    """Its nights, and the day of its breakdown; a dash where it has not ended, or not so."""
    until, ended = placement.until, facts.placement("ended", placement.id)
    nights = (until - placement.start).days if until else NOTHING
    broken = until if until and placement.ended == "breakdown" else NOTHING
    return (
        Formula(f'IF(ISNUMBER({here["until"]}),{here["until"]}-{here["from"]},"{NOTHING}")', nights),
        Formula(f'IF({ended}="breakdown",{here["until"]},"{NOTHING}")', broken),
    )
