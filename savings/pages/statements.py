"""A month's statement as a page: the closed one with its documents, or what is proposed and who has agreed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Length

from cohort.models import Contract
from pbr_ledger import words
from pbr_ledger.jobs.models import FAILED
from pbr_ledger.jobs.queries import job_for
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from savings.core.document import as_text
from savings.core.results import Statement
from savings.documents import sections, sentences
from savings.documents.reconciliation import report_context
from savings.lifecycles import DISPUTED
from savings.models import RECONCILIATION_REPORT, SIDES, ClosedStatement, Dispute, Proposal, StatementReport
from savings.pages.lines import LINES_SHOWN, lines_opened, nights_behind
from savings.pages.months import STATUS_WORDS
from savings.queries import WorkedStatement, worked_statement
from savings.services import reconciliation_content

BEING_MADE = "The report is being made. Reload this page in a moment."
NOT_MADE = "The report could not be made. The figures here stand; whoever runs the ledger can have it made again."


@dataclass(frozen=True, slots=True)
class ReportStored:
    """The month's report as it is kept: its size and its hash."""

    size: str
    sha256: str
    made_at: str


@dataclass(frozen=True, slots=True)
class SideStanding:
    """Whether one side has agreed: its name, and who did when; `by` is empty until then."""

    side: str
    organisation: str
    by: str
    at: str


def closed_page(statement: ClosedStatement) -> dict[str, Any]:
    """Everything that the page of a closed statement places, in the words of its report.

    Raises `StatementNotReproduced` when the facts no longer give what was closed.
    """
    content = reconciliation_content(statement)
    report = _report(statement)
    return {
        **report_context(content),
        "lines": lines_opened(content.statement, content.nights),
        "lines_not_printed": len(content.statement.lines) > LINES_SHOWN,
        "report": report,
        "report_state": "" if report else _report_state(statement),
    }


def _report(statement: ClosedStatement) -> ReportStored | None:
    """Without its content: a page needs no PDF."""
    found = StatementReport.objects.filter(statement=statement, name=RECONCILIATION_REPORT)
    row = found.annotate(size=Length("content")).values("size", "sha256", "made_at").first()
    if row is None:
        return None
    return ReportStored(
        f"{max(row['size'] // 1000, 1):,} KB", words.digest_grouped(row["sha256"]), words.instant_shown(row["made_at"])
    )


def _report_state(statement: ClosedStatement) -> str:
    job = job_for(kind=RECONCILIATION_REPORT, key=str(statement.pk))
    return NOT_MADE if job is not None and job.state == FAILED else BEING_MADE


def proposal_page(proposal: Proposal) -> dict[str, Any]:
    """Everything that the page of a month shows that is not closed: the figures proposed, and who has agreed."""
    document = json.loads(proposal.document)
    worked = worked_statement(contract=proposal.contract, month=proposal.month, known_at=proposal.known_at)
    status, colour = STATUS_WORDS[proposal.status]
    return {
        "proposal": proposal,
        "month": words.month_shown(proposal.month),
        "period": words.period_shown(proposal.month),
        "status": status,
        "colour": colour,
        "proposed_at": words.instant_shown(proposal.proposed_at),
        "sides": _sides(proposal),
        "dispute": _dispute(proposal),
        "digest": words.digest_grouped(proposal.digest),
        **_figures(document, worked),
    }


def _figures(document: Mapping[str, Any], worked: WorkedStatement) -> dict[str, Any]:
    """The figures proposed, explained; only themselves where what was closed since gives others."""
    if as_text(worked.document) != as_text(dict(document)):
        return {"overtaken": True, "document": document}
    return _explained(worked.result, worked)


def _explained(statement: Statement, worked: WorkedStatement) -> dict[str, Any]:
    return {
        "charges": sections.charge_rows(statement),
        "total": sections.total_row(statement),
        "total_shown": pounds_shown(statement.charges.total),
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


def _sides(proposal: Proposal) -> list[SideStanding]:
    agreements = {each.side: each for each in proposal.agreements.select_related("agreed_by")}
    organisations = {"council": proposal.contract.council.name, "provider": proposal.contract.provider.name}
    return [
        SideStanding(
            side,
            organisations[side],
            f"{agreed.agreed_by.full_name}, {agreed.agreed_as}" if (agreed := agreements.get(side)) else "",
            words.instant_shown(agreed.agreed_at) if agreed else "",
        )
        for side in SIDES
    ]


def _dispute(proposal: Proposal) -> dict[str, str]:
    if proposal.status != DISPUTED:
        return {}
    dispute = Dispute.objects.select_related("disputed_by__organisation", "withdrawn_by").get(proposal=proposal)
    return {
        "by": f"{dispute.disputed_by.full_name}, {dispute.disputed_by.organisation.name}",
        "at": words.instant_shown(dispute.disputed_at),
        "about": dispute.about,
        "reason": dispute.reason,
        "withdrawn": words.instant_shown(dispute.withdrawn_at) if dispute.withdrawn_at else "",
    }


def last_proposal(contract: Contract, month: Month) -> Proposal | None:
    """The month's last proposal, where a page shows it."""
    found = Proposal.objects.filter(contract=contract, month_start=month.first_day, status__in=STATUS_WORDS)
    return found.select_related("contract__council", "contract__provider", "proposed_by").order_by("number").last()
