"""Every report that there is: what it answers, how it is asked for, and what makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from invoicing.documents.reports.model import Report
from invoicing.pages.reports import budget, months, prompt, public, run_rate, settings
from invoicing.pages.reports.ground import Ground


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: its key in addresses, its title, and the question that it answers; `beside` leads to a page on that.

    That is the page's name and its route, which takes the contract alone.
    """

    key: str
    title: str
    answers: str
    make: Callable[[Ground], Report]
    beside: tuple[str, str] | None = None


KINDS = (
    Kind(
        months.KEY,
        months.TITLE,
        "What was saved, charged, invoiced and paid in a period, in its quarter and in the financial year so far.",
        months.month_report,
    ),
    Kind(
        budget.KEY,
        budget.TITLE,
        "Each kind of charge against its budget, the fixed fee against its schedule, and care against the baseline.",
        budget.budget_report,
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
        "From which kind of place to which the children moved, what that saved, and how much of it may be no cash.",
        settings.settings_report,
    ),
    Kind(
        prompt.KEY,
        prompt.TITLE,
        "The share of payments within thirty days of issue, and each invoice with its days and how late it was.",
        prompt.prompt_report,
        beside=("How promptly invoices are paid", "payment-practice"),
    ),
    Kind(
        public.KEY,
        public.TITLE,
        "Totals of a financial year for a transparency page, without any that tell of fewer than five children.",
        public.public_report,
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}
