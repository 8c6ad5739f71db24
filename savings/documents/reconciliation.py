"""The reconciliation report of a closed statement: the same bytes whenever it is made again by the same release."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pbr_ledger import words
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month, day_of
from savings.core.promise import promise_of
from savings.core.run_rate import last_night
from savings.documents import other_charges, sections, sentences
from savings.documents.chart import Chart, ChartMonth, chart_svg
from savings.documents.content import ReportContent, Signature
from savings.documents.pdf import FONT_FAMILY, AttachedFile, pdf_document
from savings.documents.promise import promise_rows, promise_verdict

TEMPLATE = "savings/documents/reconciliation.html"
KEPT_TOGETHER = re.compile(rf"(−£[0-9,.]*[0-9]|[0-9]{{1,2}} (?:{'|'.join(words.MONTH_NAMES)}) [0-9]{{4}})")


def reconciliation_pdf(content: ReportContent) -> bytes:
    """The report as PDF/A-3a and PDF/UA-1, dated at the closing, with the result document attached."""
    return pdf_document(
        html=reconciliation_html(content), made_at=content.closed_at, attachments=(_result_document(content),)
    )


def reconciliation_html(content: ReportContent) -> str:
    """The report's HTML: what `reconciliation_pdf` prints."""
    return render_to_string(TEMPLATE, report_context(content))


def _result_document(content: ReportContent) -> AttachedFile:
    return AttachedFile(
        name=content.attachment_name,
        content=content.document_json.encode(),
        description=f"The statement of {words.month_shown(content.month)} as a result document (JSON)",
        relationship="Source",
    )


def report_context(content: ReportContent) -> dict[str, Any]:
    """Everything the template places, in words and written amounts: it has nothing left to work out."""
    return {
        **_heading(content),
        **_money(content),
        **_workings(content),
        **_closing(content),
        "font_family": FONT_FAMILY,
    }


def standing_context(content: ReportContent) -> dict[str, Any]:
    """What of it says where the contract stands: the three numbers, the headroom, and as of which month."""
    return {**_heading(content), **_money(content), "limit_name": _limit_name(content)}


def _limit_name(content: ReportContent) -> str:
    return "Cap" if content.statement.terms.fixed_fee_limit == "cap" else "Schedule to date"


def _heading(content: ReportContent) -> dict[str, Any]:
    month = words.month_shown(content.month)
    return {
        "content": content,
        "month": month,
        "period": words.period_shown(content.month),
        "running_head": f"{words.shortened(content.contract_reference, 32)} · {month}",
        "digest_short": words.digest_short(content.digest),
        "known_on": words.day_shown(day_of(content.known_at)),
        "parties": _parties(content),
        "closed_on": words.day_shown(day_of(content.closed_at)),
    }


def _parties(content: ReportContent) -> str:
    return f"{content.council} (council) and {content.provider} (provider), paid through {content.paying_agent}"


def _money(content: ReportContent) -> dict[str, Any]:
    statement = content.statement
    fee, cap = statement.to_date.fixed_fee, statement.terms.cap_pence
    return {
        "fee_charged": pounds_shown(fee),
        "cap": pounds_shown(cap),
        "left_to_charge": pounds_shown(cap - fee),
        "net_benefit": pounds_shown(statement.net_benefit_pence),
        "net_benefit_sentence": unbroken(sentences.net_benefit_sentence(statement)),
        "is_credit": statement.charges.total < 0,
        "total_words": sentences.total_sentence(statement),
        "charges": sections.charge_rows(statement),
        "total": sections.total_row(statement),
        "headroom": unbroken(sentences.headroom_sentence(statement)),
        "headroom_warning": sentences.headroom_warning(statement),
    }


def unbroken(sentence: str) -> SafeString:
    """The sentence, escaped, with its dates and negative amounts each kept on one line."""
    return mark_safe(KEPT_TOGETHER.sub(r'<span class="nowrap">\1</span>', escape(sentence)))  # noqa: S308 - escaped


def _workings(content: ReportContent) -> dict[str, Any]:
    statement = content.statement
    printed = len(statement.lines) <= sections.PRINTED_LINES
    adjustments = sections.adjustment_rows(content)
    test = promise_of(statement, content.nights)
    return {
        "fee_sentence": unbroken(sentences.month_fee_sentence(statement.months[-1], terms=statement.terms)),
        "charge_sentence": unbroken(sentences.charge_sentence(statement)),
        "fee_steps": sections.fee_steps(statement),
        "chart": chart_svg(chart_of(content), font_family=FONT_FAMILY),
        "months": sections.month_rows(content),
        "limit_name": _limit_name(content),
        "lines": tuple(sections.nights_rows(statement.lines, content.nights)) if printed else (),
        "lines_count": words.count_shown(len(statement.lines), "child", "children"),
        "lines_not_printed": not printed,
        "savings_in_month": pounds_shown(statement.savings_in_month_pence),
        "adjustments": adjustments,
        "adjustment_reasons": [unbroken(row.why) for row in adjustments],
        "carer_fees_as_before": other_charges.carer_fees_as_before(content),
        "carer_fees": other_charges.carer_fee_rows(content),
        "expenses_as_before": other_charges.expenses_as_before(content),
        "expenses": other_charges.expense_rows(content),
        "expenses_held": sentences.expenses_held_sentence(statement),
        "success_fee": unbroken(sentences.success_fee_sentence(statement)),
        "promise_rows": promise_rows(test),
        "promise_verdict": promise_verdict(test),
    }


def chart_of(content: ReportContent) -> Chart:
    """What the chart shows: the months as now known, and the fixed fee that the statements have charged."""
    statement = content.statement
    return Chart(
        months=tuple(_chart_months(content)),
        until=max(Month.of(last_night(statement.terms)), statement.month),
        cap_pence=statement.terms.cap_pence,
        limit_name="Cap" if statement.terms.fixed_fee_limit == "cap" else "Schedule",
    )


def _chart_months(content: ReportContent) -> Iterator[ChartMonth]:
    statement = content.statement
    charged = {each.month: each.charges.fixed_fee for each in content.closed}
    charged[statement.month] = statement.charges.fixed_fee
    so_far = 0
    for fee in statement.months:
        so_far += charged.get(fee.month, 0)
        yield ChartMonth(fee.month, fee.savings_pence, fee.fee_pence, fee.limit_pence, so_far)


def _closing(content: ReportContent) -> dict[str, Any]:
    signed = [("Proposed", content.proposed_by), *(("Agreed", each) for each in content.agreements)]
    return {
        "signatures": [_signed(act, each) for act, each in (*signed, ("Closed", content.closed_by))],
        "known_at": words.instant_shown(content.known_at),
        "digest": words.digest_grouped(content.digest),
        "audit_head": words.digest_grouped(content.audit_head),
        "attachment_hash": words.digest_grouped(hashlib.sha256(content.document_json.encode()).hexdigest()),
    }


def _signed(act: str, signature: Signature) -> dict[str, str]:
    return {
        "act": act,
        "name": signature.name,
        "role": signature.role,
        "organisation": signature.organisation,
        "at": words.instant_shown(signature.at),
    }
