"""A statement's figures, each with what opens behind it: the same for what is known now, proposed and closed."""

from typing import Any

from cohort.core.facts import KnownFacts
from pbr_ledger import words
from pbr_ledger.money import pounds_shown
from savings.core.results import Statement
from savings.documents import sections, sentences
from savings.documents.explanations import charges_explained, fees_explained, figures_explained
from savings.pages.lines import LINES_SHOWN, lines_opened, nights_behind
from savings.queries import WorkedStatement


def explained(worked: WorkedStatement) -> dict[str, Any]:
    """Charges, fees, the other figures, lines and adjustments, in words and written amounts."""
    statement = worked.result
    return {
        **whys(statement, worked.known),
        "total_shown": pounds_shown(statement.charges.total),
        "total_words": sentences.total_sentence(statement),
        "fee_sentence": sentences.month_fee_sentence(statement.months[-1], terms=statement.terms),
        "charge_sentence": sentences.charge_sentence(statement),
        "fee_steps": sections.fee_steps(statement),
        "lines": lines_opened(statement, nights_behind(statement, worked.known)),
        "lines_not_printed": len(statement.lines) > LINES_SHOWN,
        "lines_count": words.count_shown(len(statement.lines), "child", "children"),
        "savings_in_month": pounds_shown(statement.savings_in_month_pence),
        "adjustments": [
            (each.child, words.month_shown(each.month), words.signed_shown(each.saving_pence))
            for each in statement.adjustments
        ],
        "headroom": sentences.headroom_sentence(statement),
        "headroom_warning": sentences.headroom_warning(statement),
    }


def whys(statement: Statement, known: KnownFacts) -> dict[str, Any]:
    """What opens behind each charge, each other figure, and each month's fee."""
    explanations = charges_explained(statement, expenses=known.expenses)
    return {
        "charges_opened": list(zip(sections.charge_rows(statement), explanations, strict=False)),
        "total_opened": explanations[-1],
        "charges": sections.charge_rows(statement),
        "total": sections.total_row(statement),
        "figures": figures_explained(statement),
        "fees": fees_explained(statement, versions=known.terms),
    }
