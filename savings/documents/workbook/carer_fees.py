"""On the sheet *Charges*: one fee for each carer household, and what comes back of it (docs/contract.md 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Household
from cohort.core.terms import Terms
from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month
from savings.core.carer_fees import FirstPlacement, first_placements
from savings.core.nights import journeys
from savings.core.results import CarerFee
from savings.documents.workbook import styles
from savings.documents.workbook.book import Book
from savings.documents.workbook.carer_placements import NOTHING, found_placements, write_carer_placements
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.schedule import governing_version, latest_effective
from savings.documents.workbook.terms import rate

COLUMNS = (
    Column("household", "Household", "text", label=True),
    Column("no", "Household no.", "key", label=True),
    Column("assessed", "Assessed by", "text"),
    Column("approved", "Approved by panel", "date"),
    Column("effective", "Terms then effective from", "date"),
    Column("terms", "Version of the terms then", "number", 9),
    Column("trigger", "Falls due once", "text"),
    Column("due", "Due on", "date"),
    Column("version", "Version of its month", "number", 9),
    Column("earns", "Earned by now", "number", 8),
    Column("fee", "Fee", "money", 13),
    Column("nights", "Nights of a breakdown", "count", 9),
    Column("share", "Share that comes back", "percent", 11),
    Column("refund", "Comes back", "money", 13),
    Column("net", "Fee to date", "money", 13),
)


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household, its first placement that qualifies, and the fee that has fallen due for it, where there are such."""

    household: Household
    first: FirstPlacement | None
    fee: CarerFee | None
    terms: Terms | None
    """The version of the month of panel's approval, which says what makes the fee due; None before there is one."""

    @property
    def due(self) -> date | None:
        """When the fee falls due, were the day inside the programme; None where nothing makes it due (7.1, 7.4)."""
        if self.household.assessed_by != "provider" or self.terms is None:
            return None
        if self.terms.carer_fee_trigger == "approved":
            return self.household.panel_approved
        return self.first.qualifies_on if self.first else None


def write_carer_fees(book: Book, content: WorkbookContent, *, top: int, facts: FactTables) -> int:
    """The placements that may earn a fee or give it back, then a row for each household; gives the last row."""
    sheet = book.sheets["Charges"]
    sheet.section(top, "Placements with carer households: the first that qualifies (7.1, 7.2)")
    first = first_placements(known=content.known, children=journeys(content.known), month=content.month)
    placements = write_carer_placements(
        sheet, content, found_placements(content), top=top + 1, facts=facts, first=first
    )
    top = placements.last + 3
    sheet.section(top - 1, "Carer fees: one a household (7.1 to 7.4)")
    rows = _households(content, first)
    table = Table("Charges", top, COLUMNS, len(rows))
    cells = [_row(table, index, each, content, facts, placements) for index, each in enumerate(rows)]
    sheet.table(table, cells, height=42)
    _write_totals(book, table, content.statement.carer_fees)
    return table.last + 1


def _write_totals(book: Book, table: Table, fees: Sequence[CarerFee]) -> None:
    sheet, row = book.sheets["Charges"], table.last + 1
    earned = sum(fee.amount_pence for fee in fees)
    back = sum(fee.refund.amount_pence for fee in fees if fee.refund)
    sums = {"fee": earned, "refund": back, "net": earned - back}
    sheet.put_totals(row, table, {key: pounds_of(pence) for key, pence in sums.items()})
    book.name("Carer_fees_to_date", sheet.at(row, table.place("net")))
    area = f"A{table.top + 2}:{table.here('net', table.last - table.top - 1)}"
    sheet.colour(area, f"${table.here('earns', 0)}=0", styles.WITHOUT_EFFECT)


def _households(content: WorkbookContent, first: Mapping[str, FirstPlacement]) -> list[HouseholdRow]:
    fees = {fee.household: fee for fee in content.statement.carer_fees}
    return [
        HouseholdRow(
            household,
            first.get(reference),
            fees.get(reference),
            content.terms_of(Month.of(household.panel_approved)) if household.panel_approved else None,
        )
        for reference, household in sorted(content.known.households.items())
    ]


def _row(
    table: Table, index: int, row: HouseholdRow, content: WorkbookContent, facts: FactTables, placements: Table
) -> tuple[Cell, ...]:
    here = {column.key: table.here(column.key, index) for column in COLUMNS}
    household, terms = row.household, row.terms
    approved = facts.household("approved", household.id)
    nothing = f'{here["approved"]}="{NOTHING}"'
    return (
        household.id,
        facts.household_numbers[household.id],
        Formula(facts.household("assessed_by", household.id), household.assessed_by),
        Formula(f'IF({approved}="","{NOTHING}",{approved})', household.panel_approved or NOTHING),
        Formula(
            f'IF({nothing},"{NOTHING}",{latest_effective(_month(here["approved"]))})',
            terms.effective_from if terms else NOTHING,
        ),
        Formula(
            f"IF({nothing},0,{governing_version(here['effective'])})", content.version_number(terms) if terms else 0
        ),
        Formula(
            f'IF({nothing},"{NOTHING}",INDEX(Carer_fee_trigger,{here["terms"]}))',
            terms.carer_fee_trigger if terms else NOTHING,
        ),
        Formula(_due(here, placements), row.due or NOTHING),
        Formula(f"IFERROR(INDEX(Month_version,MATCH({_month(here['due'])},Months,0)),0)", _version(row.due, content)),
        Formula(_earns(here), int(row.fee is not None)),
        *_amounts(here, row, placements),
    )


def _month(day: str) -> str:
    return f"DATE(YEAR({day}),MONTH({day}),1)"


def _version(due: date | None, content: WorkbookContent) -> int:
    """The version of the month in which the fee falls due; 0 where that is none of the statement's months."""
    if due is None or not content.months[0] <= Month.of(due) <= content.month:
        return 0
    return content.version_number(content.terms_of(Month.of(due)))


def _of_first(placements: Table, key: str, household: str) -> str:
    """What stands in that column for the household's first placement; 0 where there is none, or no number."""
    values, numbers, first = (placements.column(each) for each in (key, "no", "first"))
    return f"SUMIFS({values},{numbers},{household},{first},1)"


def _due(here: Mapping[str, str], placements: Table) -> str:
    """The day of the approval, or that on which the first placement qualifies: as the terms then said (7.1, 7.4)."""
    first = _of_first(placements, "on", here["no"])
    placed = f'IF({first}=0,"{NOTHING}",{first})'
    earns_none = f'OR({here["assessed"]}<>"provider",{here["approved"]}="{NOTHING}")'
    return f'IF({earns_none},"{NOTHING}",IF({here["trigger"]}="approved",{here["approved"]},{placed}))'


def _earns(here: Mapping[str, str]) -> str:
    """1 where the fee has fallen due by the month's last day, inside the programme of its month's version."""
    due, version = here["due"], here["version"]
    holds = f"{due}<=Month_end,INDEX(Phase_2_from,{version})<={due},{due}<INDEX(Phase_3_until,{version})"
    return f"IF({version}=0,0,IF(AND({holds}),1,0))"


def _amounts(here: Mapping[str, str], row: HouseholdRow, placements: Table) -> Sequence[Formula]:
    fee = row.fee
    refund = fee.refund if fee else None
    amount, back = fee.amount_pence if fee else 0, refund.amount_pence if refund else 0
    version, broken = here["version"], _of_first(placements, "broken", here["no"])
    counts = f"AND({broken}>0,{broken}<=Month_end,{broken}<INDEX(Phase_3_until,{version}))"
    share = f"SUMPRODUCT(MAX((INDEX(Refund_within,0,{version})>{here['nights']})*INDEX(Refund_share,0,{version})))"
    return (
        Formula(f"IF({here['earns']}=1,INDEX(Carer_fee,{version}),0)", pounds_of(amount)),
        Formula(f"IF({broken}>0,{_of_first(placements, 'nights', here['no'])},0)", _nights(row.first)),
        Formula(f"IF({here['earns']}=1,IF({counts},{share},0),0)", rate(refund.share if refund else 0)),
        Formula(f"ROUND(ROUND(100*{here['fee']},0)*ROUND(10000*{here['share']},0)/10000,0)/100", pounds_of(back)),
        Formula(f"ROUND({here['fee']}-{here['refund']},2)", pounds_of(amount - back)),
    )


def _nights(first: FirstPlacement | None) -> int:
    """How long the first placement lasted, where it broke down; else 0."""
    if first is None or first.placement.ended != "breakdown" or first.placement.until is None:
        return 0
    return (first.placement.until - first.placement.start).days
