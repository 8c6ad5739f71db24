"""Expenses and what became of each: charged in a statement, held, or still to come (docs/contract.md 8)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cohort.core.facts import Expense
from cohort.core.terms import NoTermsKnown, programme_start, terms_for_month
from cohort.models import Contract
from cohort.models import Expense as ExpenseIdentity
from cohort.queries import current_facts
from cohort.queries.evidence import live_evidence_counts
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.sorting import DAY, NUMBER, Sort, keys_of
from pbr_ledger.words import count_shown, day_shown, month_shown
from savings.queries import closed_statements, last_closed_month, position_before

CHARGED, HELD, WAITING = ("Charged", "green"), ("Held", "yellow"), ("To be charged", "blue")
KIND_WORDS = {"mileage": "Mileage", "travel": "Travel", "other": "Other"}


@dataclass(frozen=True, slots=True)
class ExpenseRow:
    """An expense in the list, and in which statement it is charged."""

    key: int
    reference: str
    day: str
    kind: str
    amount: str
    description: str
    status: str
    colour: str
    why: str
    files: str


@dataclass(frozen=True, slots=True)
class Total:
    """What the expenses of one status come to."""

    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How statements stand to expenses: who charged which, the next month, and whether expenses are held."""

    charged_in: Mapping[str, Month]
    next_month: Month | None
    held: bool

    def of(self, expense: Expense) -> tuple[tuple[str, str], str]:
        """What became of the expense, and why."""
        if expense.id in self.charged_in:
            return CHARGED, f"in the statement of {month_shown(self.charged_in[expense.id])}"
        if self.held:
            return HELD, "until the savings to date are above zero"
        due = Month.of(expense.day)
        month = max(due, self.next_month) if self.next_month else due
        return WAITING, f"in the statement of {month_shown(month)}"


COLUMNS: tuple[Column, ...] = (
    ("Expense", lambda row: row.reference),
    ("Date", lambda row: row.day),
    ("Kind", lambda row: row.kind),
    ("What for", lambda row: row.description),
    ("Amount", lambda row: row.amount),
    ("Status", lambda row: row.status),
    ("Statement", lambda row: row.why),
    ("Evidence", lambda row: row.files),
)
"""The list as a file."""
OWN_ORDER = "-date"


def sorts(standing: Standing) -> tuple[Sort, ...]:
    """What expenses can be sorted by, as these statements stand to them."""
    return (
        Sort("expense", "Expense", lambda expense: expense.id),
        Sort("date", "Date", lambda expense: expense.day, DAY),
        Sort("kind", "Kind", kind_shown),
        Sort("description", "What for", lambda expense: expense.description),
        Sort("amount", "Amount", lambda expense: expense.amount_pence, NUMBER),
        Sort("status", "Status", lambda expense: standing.of(expense)[0][0]),
    )


def kind_shown(expense: Expense) -> str:
    """What kind of expense it is, in words."""
    return KIND_WORDS.get(expense.category, expense.category.replace("_", " ").capitalize())


LIST = ListPage("expenses", "Expenses", {}, keys_of(sorts(Standing({}, None, held=False))))


def expenses_listed(contract: Contract) -> list[Expense]:
    """The expenses as known now, the latest journey first."""
    return sorted(current_facts(contract).expenses.values(), key=lambda each: (each.day, each.id), reverse=True)


def standing_of(contract: Contract) -> Standing:
    """How the closed statements and the terms stand to expenses. As many queries for many expenses as for one."""
    charged_in: dict[str, Month] = {}
    for month_start, expenses in closed_statements(contract).values_list("month_start", "expenses"):
        for reference in expenses:
            charged_in.setdefault(reference, Month.of(month_start))
    terms = current_facts(contract).terms
    try:
        last = last_closed_month(contract)
        next_month = last.plus(1) if last else programme_start(terms)
    except NoTermsKnown:
        return Standing(charged_in, None, held=False)
    reached = position_before(contract=contract, month=next_month).savings_reached
    return Standing(
        charged_in, next_month, held=terms_for_month(terms, next_month).expenses_wait_for_savings and not reached
    )


def expense_rows(contract: Contract, expenses: list[Expense], standing: Standing) -> list[ExpenseRow]:
    """The expenses as the list shows them."""
    files = live_evidence_counts("expense", contract)
    identities = ExpenseIdentity.objects.filter(contract=contract, reference__in=[each.id for each in expenses])
    keys = dict(identities.values_list("reference", "pk"))
    return [_row(each, keys[each.id], files.get(keys[each.id], 0), standing) for each in expenses]


def _row(expense: Expense, key: int, files: int, standing: Standing) -> ExpenseRow:
    (words, colour), why = standing.of(expense)
    return ExpenseRow(
        key=key,
        reference=expense.id,
        day=day_shown(expense.day),
        kind=kind_shown(expense),
        amount=pounds_shown(expense.amount_pence),
        description=expense.description,
        status=words,
        colour=colour,
        why=why,
        files=count_shown(files, "file") if files else "No files",
    )


def totals(expenses: list[Expense], standing: Standing) -> list[Total]:
    """What all expenses come to, by what became of them."""
    sums = {CHARGED: 0, HELD: 0, WAITING: 0}
    for expense in expenses:
        sums[standing.of(expense)[0]] += expense.amount_pence
    by_status = [Total(words, pounds_shown(pence)) for (words, _), pence in sums.items()]
    return [*by_status, Total("Total", pounds_shown(sum(sums.values())))]
