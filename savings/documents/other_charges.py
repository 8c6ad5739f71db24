"""Carer fees and expenses as rows: what is new or changed in full, what is as it was in one line."""

from collections.abc import Mapping
from dataclasses import dataclass

from pbr_ledger.money import pounds_shown
from pbr_ledger.words import count_shown
from savings.documents.content import ReportContent, net_carer_fee
from savings.documents.sentences import carer_fee_sentence, expense_sentence


@dataclass(frozen=True, slots=True)
class AmountRow:
    """A thing, why it is there, and its amount."""

    name: str
    why: str
    amount: str


def carer_fees_as_before(content: ReportContent) -> str:
    """In place of a table that would only repeat what earlier statements have shown; nothing where there is news."""
    now = {fee.household: net_carer_fee(fee) for fee in content.statement.carer_fees}
    return _as_before(now, content.before.carer_fees, "household’s fee", "households’ fees")


def expenses_as_before(content: ReportContent) -> str:
    """The same for the expenses."""
    return _as_before(dict(content.statement.expenses), content.before.expenses, "expense", "expenses")


def _as_before(now: Mapping[str, int], before: Mapping[str, int], one: str, many: str) -> str:
    if not now or now != before:
        return ""
    total = pounds_shown(sum(now.values()))
    return f"Nothing is new: {count_shown(len(now), one, many)}, {total} in all, as in earlier statements."


def carer_fee_rows(content: ReportContent) -> tuple[AmountRow, ...]:
    """What is new, changed or no longer due among the carer fees; what is as it was, in one row (7)."""
    before = content.before.carer_fees
    fees = {fee.household: fee for fee in content.statement.carer_fees}
    rows = [
        AmountRow(f"Household {household}", carer_fee_sentence(fee), pounds_shown(net_carer_fee(fee)))
        for household, fee in fees.items()
        if before.get(household) != net_carer_fee(fee)
    ]
    unchanged = [net_carer_fee(fee) for household, fee in fees.items() if before.get(household) == net_carer_fee(fee)]
    rows += [
        AmountRow(f"Household {household}", "Charged before, and no longer due as now known.", pounds_shown(0))
        for household in before.keys() - fees.keys()
    ]
    rows.sort(key=lambda row: row.name)
    if unchanged:
        named = count_shown(len(unchanged), "household")
        rows.insert(0, AmountRow(named.capitalize(), "As in the statements before.", pounds_shown(sum(unchanged))))
    return tuple(rows)


def expense_rows(content: ReportContent) -> tuple[AmountRow, ...]:
    """What is new, corrected or retracted among the expenses; what is as it was, in one row (8)."""
    before, now = content.before.expenses, dict(content.statement.expenses)
    rows = [
        _expense_row(content, reference, now, before)
        for reference in sorted(now.keys() | before.keys())
        if now.get(reference) != before.get(reference)
    ]
    unchanged = [amount for reference, amount in now.items() if before.get(reference) == amount]
    if unchanged:
        named = count_shown(len(unchanged), "expense")
        rows.insert(0, AmountRow(named.capitalize(), "As in the statements before.", pounds_shown(sum(unchanged))))
    return tuple(rows)


def _expense_row(
    content: ReportContent, reference: str, now: Mapping[str, int], before: Mapping[str, int]
) -> AmountRow:
    if reference not in now:
        return AmountRow(
            reference, f"Retracted; {pounds_shown(before[reference])} was charged before.", pounds_shown(0)
        )
    fact = content.expenses.get(reference)
    words = expense_sentence(fact) if fact else ""
    if reference in before:
        words = f"{words} Corrected from {pounds_shown(before[reference])}."
    return AmountRow(reference, words.strip(), pounds_shown(now[reference]))
