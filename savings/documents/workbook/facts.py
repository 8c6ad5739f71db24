"""The sheet *Facts*: everything known at the cut-off, as values (docs/contract.md 11.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cohort.core.facts import KnownFacts, Rate
from pbr_ledger.money import pounds_of
from pbr_ledger.words import setting_shown
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.terms import NO, YES

_NUMBER = Column("no", "No.", "key", 7, label=True)
_RATE = (
    Column("from", "From", "date"),
    Column("weekly", "Weekly", "money", 14),
    Column("contribution", "Of it partners pay", "money", 14),
    Column("net", "Net, a week", "money", 14),
)
CHILDREN = (
    _NUMBER,
    Column("child", "Child", "text", 16),
    Column("joined", "Joined", "date", 14),
    Column("left", "Left (not included)", "date", 14),
)
BASELINES = (
    Column("no", "Child no.", "key", 7, label=True),
    Column("child", "Child", "text", 16, label=True),
    *_RATE,
)
PLACEMENTS = (
    _NUMBER,
    Column("placement", "Placement", "text", 16),
    Column("child", "Child", "text", 14),
    Column("setting", "Setting", "text", 20),
    Column("from", "From", "date"),
    Column("until", "Until (not included)", "date"),
    Column("ended", "Ended", "text", 12),
    Column("household", "Household", "text", 12),
    Column("claims", "Agreed claims", "count", 9),
)
COSTS = (
    Column("no", "Placement no.", "key", 7, label=True),
    Column("placement", "Placement", "text", 16, label=True),
    *_RATE,
)
CLAIMS = (
    Column("no", "Placement no.", "key", 7, label=True),
    Column("placement", "Placement", "text", 16),
    Column("claim", "Claim", "text", 14),
    Column("status", "Status", "text", 20),
)
HOUSEHOLDS = (
    _NUMBER,
    Column("household", "Household", "text", 16),
    Column("assessed_by", "Assessed by", "text", 14),
    Column("approved", "Approved by panel", "date", 20),
)
EXTRA_COSTS = (
    Column("no", "Child no.", "key", 7, label=True),
    Column("child", "Child", "text", 16),
    Column("extra", "Extra cost", "text", 14),
    Column("kind", "Kind", "text", 20),
    Column("from", "From", "date"),
    Column("until", "Until (not included)", "date"),
    Column("weekly", "Weekly, net", "money", 12),
)
EXPENSES = (
    _NUMBER,
    Column("expense", "Expense", "text", 16),
    Column("kind", "Kind", "text", 14),
    Column("date", "Date", "date", 20),
    Column("amount", "Amount", "money", 12),
    Column("charged", "Charged before", "text"),
    Column("description", "Description", "text", 12),
)
_SECTIONS: tuple[tuple[str, str, Sequence[Column]], ...] = (
    ("children", "Children of the cohort (1.1)", CHILDREN),
    ("baselines", "Baselines: residential prices that savings are measured against (2.3, 2.4)", BASELINES),
    ("placements", "Placements (1.1)", PLACEMENTS),
    ("costs", "What placements cost (2.3, 2.4)", COSTS),
    ("claims", "Claims: only an agreed one earns savings (1.1)", CLAIMS),
    ("households", "Carer households (7.1)", HOUSEHOLDS),
    ("extra_costs", "Extra costs beside a placement (2.4)", EXTRA_COSTS),
    ("expenses", "Expenses; “charged before” is read from the earlier statements (8.1, 8.2)", EXPENSES),
)


@dataclass(frozen=True, slots=True)
class FactTables:
    """Where each fact stands. Numbers count from 1; a fact's row in its table is one less."""

    tables: Mapping[str, Table]
    child_numbers: Mapping[str, int]
    placement_numbers: Mapping[str, int]
    household_numbers: Mapping[str, int]
    first_baseline: Mapping[str, int]
    first_cost: Mapping[str, int]
    extra_rows: Mapping[str, int]

    def child(self, key: str, child: str) -> str:
        """The child's cell in that column."""
        return self.tables["children"].cell(key, self.child_numbers[child] - 1)

    def placement(self, key: str, placement: str) -> str:
        """The placement's cell in that column."""
        return self.tables["placements"].cell(key, self.placement_numbers[placement] - 1)

    def household(self, key: str, household: str) -> str:
        """The household's cell in that column."""
        return self.tables["households"].cell(key, self.household_numbers[household] - 1)

    def baseline(self, key: str, child: str, index: int) -> str:
        """The cell of the child's rate of that place, counted from 0."""
        return self.tables["baselines"].cell(key, self.first_baseline[child] + index)

    def cost(self, key: str, placement: str, index: int) -> str:
        """The cell of the placement's rate of that place, counted from 0."""
        return self.tables["costs"].cell(key, self.first_cost[placement] + index)

    def extra_cost(self, key: str, extra_cost: str) -> str:
        """The extra cost's cell in that column."""
        return self.tables["extra_costs"].cell(key, self.extra_rows[extra_cost])


def write_facts(book: Book, content: WorkbookContent) -> FactTables:
    """All facts in tables beneath each other, and where each of them stands."""
    facts = _tables(content)
    sheet = book.sheets["Facts"]
    sheet.title(
        "Facts",
        "As known at the cut-off. Blue cells are what was recorded: change one, and every sheet to the right follows.",
    )
    rows = _rows(content, facts)
    for key, heading, _ in _SECTIONS:
        sheet.section(facts.tables[key].top - 1, heading)
        sheet.table(facts.tables[key], rows[key])
    sheet.freeze(2, 2, repeat=(0, 0))
    for name, key, column in _NAMES:
        book.name(name, facts.tables[key].column(column))
    return facts


_NAMES = (
    ("Claim_placements", "claims", "no"),
    ("Claim_status", "claims", "status"),
    ("Extra_child", "extra_costs", "no"),
    ("Extra_from", "extra_costs", "from"),
    ("Extra_until", "extra_costs", "until"),
    ("Extra_weekly", "extra_costs", "weekly"),
)


def _tables(content: WorkbookContent) -> FactTables:
    known = content.known
    children, placements = sorted(known.children), sorted(known.placements)
    first_baseline = _first_rows({child: known.children[child].baseline for child in children})
    first_cost = _first_rows({placement: known.placements[placement].costs for placement in placements})
    counts = {
        "children": len(children),
        "baselines": sum(len(child.baseline) for child in known.children.values()),
        "placements": len(placements),
        "costs": sum(len(placement.costs) for placement in known.placements.values()),
        "claims": len(known.claims),
        "households": len(known.households),
        "extra_costs": len(known.extra_costs),
        "expenses": len(known.expenses),
    }
    tables: dict[str, Table] = {}
    top = 4
    for key, _, columns in _SECTIONS:
        tables[key] = Table("Facts", top, columns, counts[key])
        top = tables[key].last + 3
    return FactTables(
        tables=tables,
        child_numbers=_numbered(children),
        placement_numbers=_numbered(placements),
        household_numbers=_numbered(sorted(known.households)),
        first_baseline=first_baseline,
        first_cost=first_cost,
        extra_rows={extra: row for row, extra in enumerate(sorted(known.extra_costs))},
    )


def _numbered(references: Sequence[str]) -> dict[str, int]:
    return {reference: number for number, reference in enumerate(references, start=1)}


def _first_rows(rates: Mapping[str, Sequence[Rate]]) -> dict[str, int]:
    first: dict[str, int] = {}
    row = 0
    for reference, each in rates.items():
        first[reference] = row
        row += len(each)
    return first


def _rows(content: WorkbookContent, facts: FactTables) -> dict[str, list[tuple[Cell, ...]]]:
    known = content.known
    return {
        "children": [
            (facts.child_numbers[child.id], child.id, child.joined, child.left) for child in _by_id(known.children)
        ],
        "baselines": _baseline_rows(known, facts),
        "placements": _placement_rows(known, facts),
        "costs": _cost_rows(known, facts),
        "claims": [
            (facts.placement_numbers.get(claim.placement), claim.placement, claim.id, claim.status)
            for claim in _by_id(known.claims)
        ],
        "households": [
            (facts.household_numbers[each.id], each.id, each.assessed_by, each.panel_approved)
            for each in _by_id(known.households)
        ],
        "extra_costs": [
            (
                facts.child_numbers.get(extra.child),
                extra.child,
                extra.id,
                extra.category,
                extra.start,
                extra.until,
                pounds_of(extra.weekly_pence),
            )
            for extra in _by_id(known.extra_costs)
        ],
        "expenses": _expense_rows(content),
    }


def _by_id(facts: Mapping[str, Any]) -> list[Any]:
    return [facts[reference] for reference in sorted(facts)]


def _baseline_rows(known: KnownFacts, facts: FactTables) -> list[tuple[Cell, ...]]:
    owners = [(child.id, rate) for child in _by_id(known.children) for rate in child.baseline]
    return _rate_rows(owners, facts.tables["baselines"], facts.child_numbers)


def _cost_rows(known: KnownFacts, facts: FactTables) -> list[tuple[Cell, ...]]:
    owners = [(placement.id, rate) for placement in _by_id(known.placements) for rate in placement.costs]
    return _rate_rows(owners, facts.tables["costs"], facts.placement_numbers)


def _rate_rows(owners: Sequence[tuple[str, Rate]], table: Table, numbers: Mapping[str, int]) -> list[tuple[Cell, ...]]:
    return [
        (
            numbers[owner],
            owner,
            rate.start,
            pounds_of(rate.weekly_pence),
            pounds_of(rate.contribution_pence),
            Formula(
                f"ROUND({table.here('weekly', row)}-{table.here('contribution', row)},2)", pounds_of(rate.net_pence)
            ),
        )
        for row, (owner, rate) in enumerate(owners)
    ]


def _placement_rows(known: KnownFacts, facts: FactTables) -> list[tuple[Cell, ...]]:
    table = facts.tables["placements"]
    return [
        (
            facts.placement_numbers[each.id],
            each.id,
            each.child,
            setting_shown(each.setting),
            each.start,
            each.until,
            each.ended,
            each.household,
            Formula(
                f'COUNTIFS(Claim_placements,{table.here("no", row)},Claim_status,"agreed")', _agreed(known, each.id)
            ),
        )
        for row, each in enumerate(_by_id(known.placements))
    ]


def _agreed(known: KnownFacts, placement: str) -> int:
    return sum(claim.placement == placement and claim.status == "agreed" for claim in known.claims.values())


def _expense_rows(content: WorkbookContent) -> list[tuple[Cell, ...]]:
    released = frozenset().union(*(earlier.expenses for earlier in content.earlier))
    return [
        (
            number,
            expense.id,
            expense.category,
            expense.day,
            pounds_of(expense.amount_pence),
            YES if expense.id in released else NO,
            expense.description,
        )
        for number, expense in enumerate(_by_id(content.known.expenses), start=1)
    ]
