"""The documents of a closed month, by the names under which `manage.py export` writes them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pbr_ledger.errors import LedgerError
from savings.models import RECONCILIATION_REPORT, ClosedStatement
from savings.queries import statement_report
from savings.services import statement_text


class NotMadeYet(LedgerError):
    """The document's job has not been done yet."""


def reconciliation_report(statement: ClosedStatement) -> bytes:
    """The stored PDF. Raises `NotMadeYet` while its job waits."""
    report = statement_report(statement=statement, name=RECONCILIATION_REPORT)
    if report is None:
        raise NotMadeYet(f"The report of {statement} is not made yet; `manage.py dispatch --inline` makes what waits.")
    return bytes(report.content)


def statement_document(statement: ClosedStatement) -> bytes:
    """The result document of the month, as JSON."""
    return statement_text(statement).encode()


MONTH_DOCUMENTS: Mapping[str, Callable[[ClosedStatement], bytes]] = MappingProxyType(
    {RECONCILIATION_REPORT: reconciliation_report, "statement.json": statement_document}
)
"""Each is made from a closed statement."""
