"""The page of a closed statement, in the words of its report, every figure of which opens."""

from typing import Any

from savings.documents.reconciliation import report_context
from savings.models import ClosedStatement
from savings.pages.documents import documents_shown
from savings.pages.figures import whys
from savings.pages.lines import LINES_SHOWN, lines_opened
from savings.services import workbook_content


def closed_page(statement: ClosedStatement) -> dict[str, Any]:
    """Everything that the page of a closed statement places.

    Raises `StatementNotReproduced` when the facts no longer give what was closed.
    """
    content = workbook_content(statement)
    report, result = content.report, content.statement
    return {
        **report_context(report),
        **whys(result, content.known),
        "lines": lines_opened(result, report.nights),
        "lines_not_printed": len(result.lines) > LINES_SHOWN,
        "documents": documents_shown(statement),
    }
