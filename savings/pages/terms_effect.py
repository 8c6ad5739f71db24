"""What terms, if they were recorded now, would do to months that are closed (docs/contract.md 4.5, 11.2)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from cohort.core.facts import KnownFacts
from cohort.core.terms import Terms
from cohort.models import Contract
from cohort.queries import facts_known_at
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import day_of
from pbr_ledger.words import month_shown, signed_shown
from savings.core.document import digest_of, statement_document
from savings.core.results import Charges, Statement
from savings.core.statement import statement
from savings.documents.sections import CHARGE_NAMES
from savings.lifecycles import OPEN_STATUSES
from savings.models import Proposal
from savings.queries import last_closed_month, position_before


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure before and after, and the difference with its sign."""

    name: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class TermsEffect:
    """What terms do to the closed months: fees by month, charges to date by kind, and what the next statement does.

    `lapse` names the proposal before the parties now that would lapse; empty where none would.
    """

    last_closed: str
    sentence: str
    lapse: str
    months: tuple[Changed, ...]
    charges: tuple[Changed, ...]


def effect_of_terms(*, contract: Contract, terms: Terms, at: datetime) -> TermsEffect | None:
    """What the terms would do to the months closed so far, with the facts known at the instant; None before the first.

    Both are worked out afresh, with the terms and without, so that only the terms make the difference. Nothing is
    written: closed statements never change, the next one charges or credits the difference (5.3).
    """
    last = last_closed_month(contract)
    if last is None:
        return None
    known = facts_known_at(contract=contract, at=at)
    position = position_before(contract=contract, month=last.plus(1))
    with_them = replace(known, terms=(*known.terms, terms))
    before, after = (
        statement(month=last, as_known_on=day_of(at), known=each, position=position) for each in (known, with_them)
    )
    return TermsEffect(
        last_closed=month_shown(last),
        sentence=_sentence(after.to_date.total - before.to_date.total),
        lapse=_lapse(contract, with_them, at),
        months=tuple(_months(before, after)),
        charges=tuple(_charges(before.to_date, after.to_date)),
    )


def _sentence(difference: int) -> str:
    if difference == 0:
        return "What closed months have charged stays right: the next statement charges and credits nothing for them."
    amount = pounds_shown(abs(difference))
    if difference > 0:
        return f"For months that are closed, the next statement would charge the council {amount} more."
    return f"For months that are closed, the next statement would give the council {amount} back."


def _lapse(contract: Contract, known: KnownFacts, at: datetime) -> str:
    """Which open proposal has other figures with these facts (13.2)."""
    proposal = Proposal.objects.filter(contract=contract, status__in=OPEN_STATUSES).order_by("month_start").first()
    if proposal is None:
        return ""
    position = position_before(contract=contract, month=proposal.month)
    worked = statement(month=proposal.month, as_known_on=day_of(at), known=known, position=position)
    if digest_of(contract.reference, statement_document(worked)) == proposal.digest:
        return ""
    return f"The proposal of {month_shown(proposal.month)} would lapse, and with it who has agreed to it."


def _months(before: Statement, after: Statement) -> Iterator[Changed]:
    fees = {fee.month: fee.fee_pence for fee in before.months}
    for fee in after.months:
        was = fees.get(fee.month, 0)
        if was != fee.fee_pence:
            yield _changed(month_shown(fee.month), was, fee.fee_pence)


def _charges(before: Charges, after: Charges) -> Iterator[Changed]:
    for key, name in CHARGE_NAMES:
        was, now = getattr(before, key), getattr(after, key)
        if was != now:
            yield _changed(name, was, now)


def _changed(name: str, before: int, after: int) -> Changed:
    return Changed(name, pounds_shown(before), pounds_shown(after), signed_shown(after - before))
