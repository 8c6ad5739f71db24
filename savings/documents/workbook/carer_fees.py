"""On the sheet *Charges*: one fee for each carer household, and what comes back of it (docs/contract.md 7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Child, Household, Placement
from cohort.core.terms import Terms
from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month
from savings.core.nights import journeys
from savings.core.results import CarerFee
from savings.documents.workbook import styles
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.terms import NO, YES, rate

COLUMNS = (
    Column("household", "Household", "text", label=True),
    Column("no", "Household no.", "key", label=True),
    Column("placement", "Placement", "text", label=True),
    Column("child", "Child", "text", label=True),
    Column("from", "From", "date"),
    Column("until", "Until (not included)", "date"),
    Column("due", "Due on", "date"),
    Column("version", "Version of its month", "number", 9),
    Column("qualifies", "Qualifies", "text", 9),
    Column("earns", "Earns the fee", "number", 8),
    Column("fee", "Fee", "money", 13),
    Column("nights", "Nights it lasted", "count", 9),
    Column("share", "Share that comes back", "percent", 11),
    Column("refund", "Comes back", "money", 13),
    Column("net", "Fee to date", "money", 13),
)
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A placement with an agreed claim and a carer household, which may earn the household its fee."""

    household: Household
    placement: Placement
    child: Child
    terms: Terms | None
    """The version of the month in which the fee falls due; None where it does not within the statement's months."""

    @property
    def due(self) -> date | None:
        """When the fee falls due (7.1); None while panel has not approved."""
        approved = self.household.panel_approved
        return max(approved, self.placement.start) if approved else None

    def qualifies(self, month: Month) -> bool:
        """Whether the placement qualifies by the month's last day (7.1)."""
        due, terms, child = self.due, self.terms, self.child
        if due is None or terms is None or self.household.assessed_by != "provider" or due > month.last_day:
            return False
        until, left = self.placement.until, child.left
        lives_there = (until is None or until > due) and child.joined <= due and (left is None or left > due)
        return lives_there and terms.counts_in_programme(due) and self.placement.setting in terms.family_settings


def write_carer_fees(book: Book, content: WorkbookContent, *, top: int, facts: FactTables) -> int:
    """A row for each placement that may earn a fee, in the order in which they precede each other; gives the last row.

    Of a household's qualifying placements the one due first earns it, of several the one in the upper row (7.2).
    """
    sheet = book.sheets["Charges"]
    sheet.section(top, "Carer fees: one a household (7.1 to 7.3)")
    found = tuple(_candidates(content))
    table = Table("Charges", top + 1, COLUMNS, len(found))
    fees = {fee.placement: fee for fee in content.statement.carer_fees if fee.placement}
    sheet.table(table, [_row(table, index, each, content, facts, fees) for index, each in enumerate(found)], height=42)
    row = table.last + 1
    earned = sum(fee.amount_pence for fee in fees.values())
    back = sum(fee.refund.amount_pence for fee in fees.values() if fee.refund)
    sums = {"fee": earned, "refund": back, "net": earned - back}
    sheet.put_totals(row, table, {key: pounds_of(pence) for key, pence in sums.items()})
    book.name("Carer_fees_to_date", sheet.at(row, table.place("net")))
    area = f"A{table.top + 2}:{table.here('net', table.last - table.top - 1)}"
    sheet.colour(area, f"${table.here('earns', 0)}=0", styles.WITHOUT_EFFECT)
    return row


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
        due = candidate.due
        if due and content.months[0] <= Month.of(due) <= content.month:
            candidate = Candidate(household, placement, child, content.terms_of(Month.of(due)))
        yield candidate


def _row(
    table: Table,
    index: int,
    candidate: Candidate,
    content: WorkbookContent,
    facts: FactTables,
    fees: Mapping[str, CarerFee],
) -> tuple[Cell, ...]:
    here = {column.key: table.here(column.key, index) for column in COLUMNS}
    placement, household = candidate.placement, candidate.household
    approved = facts.household("approved", household.id)
    due = f'IF({approved}="","{NOTHING}",MAX({approved},{here["from"]}))'
    month = f"DATE(YEAR({here['due']}),MONTH({here['due']}),1)"
    return (
        household.id,
        facts.household_numbers[household.id],
        placement.id,
        candidate.child.id,
        Formula(facts.placement("from", placement.id), placement.start),
        _or_nothing(facts.placement("until", placement.id), placement.until),
        Formula(due, candidate.due or NOTHING),
        Formula(
            f"IFERROR(INDEX(Month_version,MATCH({month},Months,0)),0)",
            content.version_number(candidate.terms) if candidate.terms else 0,
        ),
        Formula(_qualifies(here, candidate, facts), YES if candidate.qualifies(content.month) else NO),
        Formula(_earns(table, index), int(placement.id in fees)),
        *_amounts(here, candidate, fees.get(placement.id), facts.placement("ended", placement.id)),
    )


def _or_nothing(cell: str, value: str | date | None) -> Formula:
    return Formula(f'IF({cell}="","{NOTHING}",{cell})', value or NOTHING)


def _qualifies(here: Mapping[str, str], candidate: Candidate, facts: FactTables) -> str:
    """Everything that has to hold on the day the fee falls due; a dash for an open end is no number (7.1)."""
    child, placement, due, version = candidate.child.id, candidate.placement.id, here["due"], here["version"]
    left = facts.child("left", child)
    holds = [
        f"{due}<=Month_end",
        f"N({here['until']})*({here['until']}<={due})=0",
        f"{facts.child('joined', child)}<={due}",
        f'OR({left}="",{left}>{due})',
        f"INDEX(Phase_2_from,{version})<={due}",
        f"{due}<INDEX(Phase_3_until,{version})",
        f'INDEX(Family_settings,MATCH({facts.placement("setting", placement)},Settings,0),{version})="yes"',
        f"{facts.placement('claims', placement)}>0",
    ]
    assessed = facts.household("assessed_by", candidate.household.id)
    return f'IF(OR({version}=0,{assessed}<>"provider"),"no",IF(AND({",".join(holds)}),"yes","no"))'


def _earns(table: Table, index: int) -> str:
    """1 where the row qualifies, none of its household's is due earlier, and none above on the same day (7.2)."""
    here = {key: table.here(key, index) for key in ("no", "due", "qualifies")}
    all_rows = {key: _rows(table, key, table.count - 1) for key in here}
    above = {key: _rows(table, key, index - 1, first=-1) for key in here}
    earlier = (
        f'COUNTIFS({all_rows["no"]},{here["no"]},{all_rows["qualifies"]},"yes",{all_rows["due"]},"<"&{here["due"]})'
    )
    same_day = f'COUNTIFS({above["no"]},{here["no"]},{above["qualifies"]},"yes",{above["due"]},{here["due"]})'
    return f'IF({here["qualifies"]}="yes",IF({earlier}+{same_day}=0,1,0),0)'


def _rows(table: Table, key: str, last: int, first: int = 0) -> str:
    """Rows of a column from `first` to `last`; -1 is the heading."""
    letters = table.here(key, 0).rstrip("0123456789")
    return f"{letters}${table.top + 2 + first}:{letters}{'$' if first == 0 else ''}{table.top + 2 + last}"


def _amounts(here: Mapping[str, str], candidate: Candidate, fee: CarerFee | None, ended: str) -> Sequence[Formula]:
    refund = fee.refund if fee else None
    amount = fee.amount_pence if fee else 0
    back = refund.amount_pence if refund else 0
    version = here["version"]
    counts = (
        f'AND({here["earns"]}=1,{ended}="breakdown",N({here["until"]})<=Month_end,'
        f"N({here['until']})<INDEX(Phase_3_until,{version}))"
    )
    share = f"SUMPRODUCT(MAX((INDEX(Refund_within,0,{version})>{here['nights']})*INDEX(Refund_share,0,{version})))"
    until = candidate.placement.until
    lasted = (until - candidate.placement.start).days if until else NOTHING
    return (
        Formula(f"IF({here['earns']}=1,INDEX(Carer_fee,{version}),0)", pounds_of(amount)),
        Formula(f'IF(ISNUMBER({here["until"]}),{here["until"]}-{here["from"]},"{NOTHING}")', lasted),
        Formula(f"IF({here['earns']}=1,IF({counts},{share},0),0)", rate(refund.share if refund else 0)),
        Formula(f"ROUND(ROUND(100*{here['fee']},0)*ROUND(10000*{here['share']},0)/10000,0)/100", pounds_of(back)),
        Formula(f"ROUND({here['fee']}-{here['refund']},2)", pounds_of(amount - back)),
    )
