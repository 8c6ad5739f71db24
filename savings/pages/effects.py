"""What facts not yet recorded would do to closed months, in a sentence: said before anybody records them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cohort.core.facts import Fact, Retraction
from cohort.core.terms import NoTermsKnown, programme_start
from cohort.models import Contract
from cohort.queries import current_facts
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import listed, month_shown, more_or_less, signed_shown
from savings.core.effects import Effect, effect
from savings.core.results import Adjustment
from savings.lifecycles import OPEN_STATUSES
from savings.models import Proposal
from savings.queries import last_closed_month, position_before

NO_TERMS = "No terms are recorded yet, so nothing is worked out."
MONTHS_NAMED = 4


@dataclass(frozen=True, slots=True)
class ChangedMonth:
    """A closed month of one child whose saving would change, and by how much."""

    child: str
    month: str
    change: str


@dataclass(frozen=True, slots=True)
class EffectShown:
    """The effect in words; `changes_money` is whether anything that was stated, or is about to be, would differ.

    `closed` is about closed months, `charge` about the next statement, `lapse` about a proposal that is before the
    parties now (empty where none would lapse).
    """

    closed: str
    charge: str
    lapse: str
    changes: tuple[ChangedMonth, ...]
    changes_money: bool

    @property
    def sentence(self) -> str:
        """All of it."""
        return " ".join(filter(None, (self.closed, self.charge, self.lapse)))


def effect_of(*, contract: Contract, facts: Sequence[Fact | Retraction]) -> Effect | None:
    """What recording the facts would do, worked out in memory; None while there are no terms to work it out by.

    Expects facts that `cohort.services.require_recordable` lets through. Nothing is written. As many queries for a
    large cohort as for a small one.
    """
    known = current_facts(contract)
    last = last_closed_month(contract)
    try:
        month = last.plus(1) if last else programme_start(known.terms)
    except NoTermsKnown:
        return None
    position = position_before(contract=contract, month=month)
    return effect(facts, known=known, month=month, last_closed=last, position=position)


def closed_months_words(contract: Contract, facts: Sequence[Fact | Retraction]) -> str:
    """The effect as whole sentences, for the pages of the room before this one (`pbr_ledger.effects`)."""
    return effect_shown(contract=contract, facts=facts).sentence


def effect_shown(*, contract: Contract, facts: Sequence[Fact | Retraction]) -> EffectShown:
    """The same in words, with the proposal that would lapse."""
    found = effect_of(contract=contract, facts=facts)
    if found is None:
        return EffectShown(NO_TERMS, "", "", (), changes_money=False)
    changes = tuple(
        ChangedMonth(each.child, month_shown(each.month), signed_shown(each.saving_pence)) for each in found.changes
    )
    differs = bool(changes) or found.charge_difference != 0
    lapse = _lapse_words(contract, found.month) if differs else ""
    return EffectShown(closed_words(found), charge_words(found), lapse, changes, changes_money=differs)


def closed_words(found: Effect) -> str:
    """What happens to the savings of closed months, as now known."""
    if found.last_closed is None:
        return "No month is closed yet, so nothing that was stated changes."
    if not found.changes:
        return f"The savings of the closed months, up to {month_shown(found.last_closed)}, stay as they are."
    months = listed((month_shown(month) for month, _ in groupby(found.changes, key=_month_of)), at_most=MONTHS_NAMED)
    difference = found.savings_after - found.savings_before
    if difference == 0:
        return f"The savings of {months}, closed, change child by child, and stay as they are in all."
    verb = "rise" if difference > 0 else "fall"
    return (
        f"The savings of {months}, closed, {verb} by {pounds_shown(abs(difference))}: all closed months together come "
        f"to {pounds_shown(found.savings_after)} instead of {pounds_shown(found.savings_before)}."
    )


def charge_words(found: Effect) -> str:
    """What the next statement would charge or credit for it."""
    month = month_shown(found.month)
    if found.charge_difference == 0:
        amount = _charge(found.charge_after)
        return f"The next statement, of {month}, comes to as much as without it: {amount}.{_why_kept(found)}"
    return (
        f"The next statement, of {month}, comes to {_charge(found.charge_after)} instead of "
        f"{_charge(found.charge_before)}: {more_or_less(found.charge_difference)} for the council to pay."
    )


def _why_kept(found: Effect) -> str:
    if found.limited_by and found.limited_by <= {"schedule", "cap"}:
        limit = listed(sorted(found.limited_by, reverse=True))
        return f" The fees of those months are limited by the {limit}, not by their savings."
    return ""


def _charge(pence: int) -> str:
    return f"a credit of {pounds_shown(-pence)}" if pence < 0 else pounds_shown(pence)


def _month_of(change: Adjustment) -> Month:
    return change.month


def _lapse_words(contract: Contract, month: Month) -> str:
    is_open = Proposal.objects.filter(contract=contract, month_start=month.first_day, status__in=OPEN_STATUSES).exists()
    if not is_open:
        return ""
    return f"The open proposal of {month_shown(month)} then shows other figures, and agreements to it lapse."
