"""A month before it is proposed: what it would come to as known now, and what to look at first. Nothing is stored."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cohort.core.facts import KnownFacts
from cohort.core.terms import programme_start
from cohort.models import Contract, Household
from cohort.queries import terms_known_at
from cohort.queries.evidence import live_evidence_counts
from pbr_ledger import words
from pbr_ledger.accounts.models import Person
from pbr_ledger.errors import LedgerError
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month, day_of
from savings import rules
from savings.core.results import Statement
from savings.documents import sentences
from savings.lifecycles import DISPUTED
from savings.models import Proposal
from savings.pages.changes import changes_shown
from savings.pages.figures import explained
from savings.queries import WorkedStatement, last_closed_month, latest_proposal, worked_statement
from savings.services import first_month_skipped, not_over_sentence


def preview_page(contract: Contract, month: Month, *, person: Person, at: datetime) -> dict[str, Any]:
    """The month's result as known at the instant, beside its last proposal; or why there is none to be had."""
    at = max(at, contract.last_stamped_at or at)
    heading = {"month": words.month_shown(month), "known_at": words.instant_shown(at), "address": month}
    if day_of(at) <= month.last_day:
        return {**heading, "refusal": not_over_sentence(month)}
    try:
        worked = worked_statement(contract=contract, month=month, known_at=at)
    except LedgerError:
        return {**heading, "refusal": _before_programme(contract, month)}
    before = latest_proposal(contract=contract, month=month)
    obstacle = _obstacle(contract, month, before, worked)
    return {
        **heading,
        **explained(worked),
        "warnings": list(_warnings(contract, worked)),
        "obstacle": obstacle,
        "may_propose": not obstacle and rules.may_propose(person, contract),
        "number": before.number + 1 if before else 1,
        "changed_before": _changed(contract, month, before, worked, at),
    }


def _before_programme(contract: Contract, month: Month) -> str:
    """Nothing can be worked out: there are no terms, or the month lies before them."""
    known = terms_known_at(contract=contract, at=contract.last_stamped_at) if contract.last_stamped_at else ()
    if not known:
        return "No terms have been recorded yet, so no month can be worked out."
    first = words.month_shown(programme_start(known))
    return f"{words.month_shown(month)} lies before the programme’s first month, {first}."


def _obstacle(contract: Contract, month: Month, before: Proposal | None, worked: WorkedStatement) -> str:
    """Why these figures cannot be proposed now; empty when they can."""
    last = last_closed_month(contract)
    if last is not None and month <= last:
        return f"{words.month_shown(last)} is closed, and months close in rising order: this month stays as it is."
    if before is None or before.digest != worked.digest:
        return ""
    if before.is_open:
        return "These very figures are before the parties already."
    if before.status == DISPUTED and before.dispute.withdrawn_at is None:
        return "These very figures stand disputed: the dispute has to be withdrawn, or a fact corrected."
    return ""


def _warnings(contract: Contract, worked: WorkedStatement) -> Iterator[str]:
    """What is worth a look before the figures go out; none of it stops a proposal."""
    statement, month = worked.result, worked.result.month
    skipped = first_month_skipped(contract=contract, worked=worked)
    if skipped is not None:
        yield (
            f"{words.month_shown(skipped)} is not closed yet. Months close in rising order: closing "
            f"{words.month_shown(month)} first would skip it, for a reason that has to be recorded."
        )
    yield from _undecided(worked.known, month)
    yield from _approvals(contract, statement)
    held = sentences.expenses_held_sentence(statement)
    waiting = [each for each in worked.known.expenses.values() if each.day <= month.last_day]
    if held and waiting:
        amount = pounds_shown(sum(each.amount_pence for each in waiting))
        yield f"{words.count_shown(len(waiting), 'expense is', 'expenses are')} held back, {amount} in all. {held}"
    fee = statement.months[-1]
    if fee.limited_by in ("schedule", "cap"):
        stays = pounds_shown(fee.available_pence - fee.fee_pence)
        yield (
            f"The {fee.limited_by} limits the fee of {words.month_shown(month)} to {pounds_shown(fee.fee_pence)}; "
            f"{stays} of savings stays with the council."
        )
    yield from _headroom(statement)


def _undecided(known: KnownFacts, month: Month) -> Iterator[str]:
    """Claims about placements that had begun by the month's end and that nobody has decided."""
    open_claims = [
        claim.id
        for claim in known.claims.values()
        if claim.status in ("submitted", "queried")
        and claim.placement in known.placements
        and known.placements[claim.placement].start <= month.last_day
    ]
    if open_claims:
        many = words.count_shown(len(open_claims), "claim is", "claims are")
        names = words.listed(sorted(open_claims))
        yield f"{many} not decided yet: {names}. Until a claim is agreed, its nights do not count."


def _approvals(contract: Contract, statement: Statement) -> Iterator[str]:
    """Fees of the month that panel's approval alone makes due, where no file shows the approval (7.4)."""
    due = {
        fee.household
        for fee in statement.carer_fees
        if fee.trigger == "approved" and Month.of(fee.due_on) == statement.month
    }
    if not due:
        return
    files = live_evidence_counts("household", contract)
    known = Household.objects.filter(contract=contract, reference__in=due).values_list("reference", "pk")
    bare = sorted(reference for reference, key in known if not files.get(key))
    if bare:
        many = words.count_shown(len(bare), "carer fee falls", "carer fees fall")
        yield f"{many} due on panel’s approval alone, without a file that shows it: {words.listed(bare)}."


def _headroom(statement: Statement) -> Iterator[str]:
    warning = sentences.headroom_warning(statement)
    if warning:
        yield warning


def _changed(contract: Contract, month: Month, before: Proposal | None, worked: WorkedStatement, at: datetime) -> Any:
    """In what these figures differ from those proposed last; None for the first proposal."""
    if before is None:
        return None
    return changes_shown(
        contract, month, before=json.loads(before.document), after=worked.document, since=before.known_at, until=at
    )
