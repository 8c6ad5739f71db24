"""How promptly a contract's invoices are paid: the figures of a compliance notice for a financial year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cohort.models import Contract
from invoicing.core.calendar import PERIODS, Period
from invoicing.pages.words import amount_shown, status_shown, title_of, year_shown
from invoicing.queries.books import first_month
from invoicing.queries.invoices import late_invoices, still_to_settle
from invoicing.queries.payments import PROMPT_DAYS, Paid, agent_margin, payment_practice
from pbr_ledger.words import count_shown, day_shown


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """An unsettled invoice that was due before today."""

    key: int
    title: str
    status: str
    due: str
    late: str
    left: str


def years_of(contract: Contract, *, today: date) -> list[int]:
    """The financial years from that in which the programme began to today's, the latest first; 2025 is 2025/26."""
    first = first_month(contract)
    this = Period.of(today).year
    return list(range(this, min(Period.of(first.first_day).year if first else this, this) - 1, -1))


def practice_page(contract: Contract, *, year: int, today: date, with_margin: bool) -> dict[str, Any]:
    """The figures of the year, and what is overdue today. The agent's margin is the council's to know."""
    since, until = Period(year, 1).month.first_day, Period(year, PERIODS).following.month.first_day
    practice = payment_practice(of=contract, since=since, until=until)
    margin = agent_margin(contract=contract, since=since, until=until) if with_margin else None
    return {
        "year": year_shown(year),
        "days": PROMPT_DAYS,
        "within": _paid(practice.within),
        "after": _paid(practice.after),
        "percent": "–" if practice.percent_within is None else f"{practice.percent_within}%",
        "paid_any": practice.average_days is not None,
        "average": "–" if practice.average_days is None else count_shown(practice.average_days, "day"),
        "margin": amount_shown(margin) if margin else "",
        "overdue": [
            OverdueRow(
                invoice.pk,
                title_of(invoice),
                status_shown(invoice)[0],
                day_shown(invoice.due_on) if invoice.due_on else "",
                count_shown(late, "day"),
                amount_shown(still_to_settle(invoice)),
            )
            for invoice, late in late_invoices(contract=contract, on=today)
        ],
    }


def _paid(paid: Paid) -> dict[str, str]:
    return {"count": count_shown(paid.count, "payment"), "amount": amount_shown(paid.amount)}
