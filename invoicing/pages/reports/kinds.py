"""Every report that there is: what it answers, how it is asked for, and what makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from invoicing.documents.reports.model import Report
from invoicing.pages.reports import account, budget, care, months, plan, prompt, public, run_rate, settings, year_end
from invoicing.pages.reports.ground import Ground


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: its key in addresses, its title, and the question that it answers; `beside` leads to a page on that.

    That is the page's name, its route, which takes the contract alone, and what else is there. One `of_books` is for
    those who may read the books; for all others it does not exist. One `of_totals` stands on what is kept of a
    contract whose children and carers were erased.
    """

    key: str
    title: str
    answers: str
    make: Callable[[Ground], Report]
    beside: tuple[str, str, str] | None = None
    of_books: bool = False
    of_totals: bool = False


KINDS = (
    Kind(
        months.KEY,
        months.TITLE,
        "What was saved, charged, invoiced and paid in a period, in its quarter and in the financial year so far.",
        months.month_report,
        of_totals=True,
    ),
    Kind(
        year_end.KEY,
        year_end.TITLE,
        "What is owed and not posted yet, what may still come, creditors by age, the year beside the one before, VAT, "
        "and whether all of it agrees with the books.",
        year_end.year_end_report,
        beside=("Periods and year ends", "ledger-periods", "where a year’s end is accrued"),
        of_books=True,
    ),
    Kind(
        account.KEY,
        account.TITLE,
        "Every invoice, credit note and payment of the year with what was outstanding after, and what is open, by age.",
        account.account_report,
        of_totals=True,
    ),
    Kind(
        budget.KEY,
        budget.TITLE,
        "Each kind of charge against its budget, the fixed fee against its schedule, and care against the baseline.",
        budget.budget_report,
    ),
    Kind(
        plan.KEY,
        plan.TITLE,
        "Savings stated against what the council’s financial plan counts on, by period and by financial year.",
        plan.plan_report,
        beside=("Savings plan", "savings-plans", "where the plan is recorded"),
        of_books=True,
    ),
    Kind(
        run_rate.KEY,
        run_rate.TITLE,
        "The yearly saving of each month’s last night against the threshold, and the success fee that it would make.",
        run_rate.run_rate_report,
    ),
    Kind(
        settings.KEY,
        settings.TITLE,
        "From which setting to which the children moved, what that saved, and how much of it frees a bed but no cash.",
        settings.settings_report,
    ),
    Kind(
        care.KEY,
        care.TITLE,
        "What the council paid for every night of the whole cohort, in which kind of place, and what partners paid.",
        care.care_report,
    ),
    Kind(
        prompt.KEY,
        prompt.TITLE,
        "The share of payments within thirty days of issue, and each invoice with its days and how late it was.",
        prompt.prompt_report,
        of_totals=True,
        beside=("How promptly invoices are paid", "payment-practice", "with what is overdue today"),
    ),
    Kind(
        public.KEY,
        public.TITLE,
        "The totals of a financial year, to publish: those that tell of fewer than five children are left out.",
        public.public_report,
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}


def kinds_for(*, with_books: bool, is_erased: bool) -> tuple[Kind, ...]:
    """The reports for somebody who may read the books, or may not; of a contract that was erased, those of totals."""
    return tuple(kind for kind in KINDS if (with_books or not kind.of_books) and (kind.of_totals or not is_erased))
