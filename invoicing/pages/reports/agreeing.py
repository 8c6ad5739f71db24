"""What has to agree: statements with each other, with invoices, and both with the books."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from invoicing.core.charges import EXPENSE_ACCOUNT_OF, PAID_BY_AGENT, PAYABLE
from invoicing.core.entries import SAVINGS_MADE, SCHEDULE
from invoicing.documents.reports.model import MONEY, Column, Row, Sum, Table, row_of
from invoicing.models import CREDIT_NOTE, ContractBalance, Invoice
from invoicing.pages.reports.ground import Ground
from invoicing.queries.ledger import trial_balance
from invoicing.queries.reports import PAID, REPAID, movements_of_debt
from pbr_ledger.money import pence_of
from pbr_ledger.words import count_shown

CHECKS = (
    Column("one", "One way", MONEY),
    Column("other", "The other way", MONEY),
    Column("differs", "Difference", MONEY, Sum(("one",), ("other",))),
)
OF_CHECKS = (
    "What has to agree: since the contract’s start, as known now, whatever the period. A difference that is there for "
    "a few minutes after a closing or an approval is work still under way; any other is found by the nightly check of "
    "the whole ledger too."
)


def checks_table(ground: Ground) -> Table:
    """Two ways to each figure, and their difference; a fixed number of queries."""
    books = _balances(ground)
    rows = (*_of_statements(ground, books), *_of_invoices(ground, books))
    differing = sum(1 for row in rows if row.cells[-1])
    said = f"{count_shown(differing, 'figure')} differ." if differing > 1 else "One figure differs."
    intro = said if differing else "Everything agrees."
    return Table("checks", "What has to agree", "Figure", CHECKS, rows, intro=intro)


def _check(key: str, name: str, one: int, other: int) -> Row:
    return row_of(key, name, {"one": one, "other": other}, CHECKS)


def _of_statements(ground: Ground, books: Mapping[str, int]) -> Iterable[Row]:
    """The statements against the last of them, and against the memorandum accounts."""
    stated = sum(each.stated for each in ground.statements)
    charged = sum(each.total for each in ground.statements)
    last = ground.statements[-1] if ground.statements else None
    yield _check("stated", "Savings stated, and savings to date", stated, last.savings_to_date if last else 0)
    yield _check("charged", "Charges, and charged to date", charged, last.charged_to_date if last else 0)
    yield _check("9100", "Savings stated, and account 9100", stated, books.get(SAVINGS_MADE, 0))
    schedule = last.schedule_to_date if last else 0
    yield _check("9200", "Schedule to date, and account 9200", schedule, books.get(SCHEDULE, 0))


def _of_invoices(ground: Ground, books: Mapping[str, int]) -> Iterable[Row]:
    """The invoices against their statements, and against the accounts of what is owed and paid."""
    invoices = list(Invoice.objects.filter(contract=ground.contract))
    approved = [each for each in invoices if each.approved_by_id is not None]
    drafted = sum(each.total for each in ground.statements if each.is_drafted)
    yield _check("drafted", "Charges invoiced, and net of the invoices", drafted, _signed(invoices, "net"))
    counted = ContractBalance.objects.filter(pk=ground.contract.pk).values_list("approved", flat=True).first()
    expenses = sum(books.get(code, 0) for code in set(EXPENSE_ACCOUNT_OF.values()))
    yield _check("51", "Approved, and accounts 5100 to 5130", pence_of(counted or Decimal("0.00")), expenses)
    left = _signed(approved, "gross") - _signed(approved, "settled")
    yield _check("2100", "Open of what is approved, and account 2100", left, -books.get(PAYABLE, 0))
    moved = -sum(each.amount for each in movements_of_debt(ground.contract) if each.kind in (PAID, REPAID))
    yield _check("2200", "Paid, and account 2200", moved, -books.get(PAID_BY_AGENT, 0))


def _balances(ground: Ground) -> dict[str, int]:
    found = trial_balance(of=ground.contract, on=date.max, as_known_at=ground.at)
    return {each.code: pence_of(each.balance) for each in found}


def _signed(invoices: Iterable[Invoice], amount: str) -> int:
    return sum(pence_of(getattr(each, amount)) * (-1 if each.kind == CREDIT_NOTE else 1) for each in invoices)
