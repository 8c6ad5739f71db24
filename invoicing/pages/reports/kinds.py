"""Every report that there is: what it answers, how it is asked for, and what makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from invoicing.documents.reports.model import Report
from invoicing.pages.reports import months
from invoicing.pages.reports.ground import Ground


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: its key in addresses, its title, and the question that it answers."""

    key: str
    title: str
    answers: str
    make: Callable[[Ground], Report]


KINDS = (
    Kind(
        months.KEY,
        months.TITLE,
        "What was saved, charged, invoiced and paid in a period, in its quarter and in the financial year so far.",
        months.month_report,
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}
