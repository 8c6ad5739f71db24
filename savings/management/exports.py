"""The documents of a closed month, by the names under which `manage.py export` writes them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cohort.queries.erasures import refuse_erased
from pbr_ledger.errors import LedgerError
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement
from savings.queries import statement_report
from savings.services import statement_text


class NotMadeYet(LedgerError):
    """The document's job has not been done yet."""


def _whole(statement: ClosedStatement) -> ClosedStatement:
    """The statement. Raises `ContractErased` where only its totals are left."""
    refuse_erased(statement.contract)
    return statement


def reconciliation_report(statement: ClosedStatement) -> bytes:
    """The stored PDF. Raises `NotMadeYet` while its job waits."""
    return _stored(statement, RECONCILIATION_REPORT, "report")


def reconciliation_workbook(statement: ClosedStatement) -> bytes:
    """The stored workbook. Raises `NotMadeYet` while its job waits."""
    return _stored(statement, RECONCILIATION_WORKBOOK, "workbook")


def _stored(statement: ClosedStatement, name: str, word: str) -> bytes:
    report = statement_report(statement=_whole(statement), name=name)
    if report is None:
        raise NotMadeYet(f"The {word} of {statement} is not made yet; `manage.py dispatch --inline` makes what waits.")
    return bytes(report.content)


def statement_document(statement: ClosedStatement) -> bytes:
    """The result document of the month, as JSON."""
    return statement_text(_whole(statement)).encode()


MONTH_DOCUMENTS: Mapping[str, Callable[[ClosedStatement], bytes]] = MappingProxyType(
    {
        RECONCILIATION_REPORT: reconciliation_report,
        RECONCILIATION_WORKBOOK: reconciliation_workbook,
        "statement.json": statement_document,
    }
)
"""Each is made from a closed statement."""
