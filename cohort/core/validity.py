"""What makes facts and terms fit together, each rule as the list of what is wrong (docs/contract.md 1, 2, 3, 11).

The services and the reader of scenario documents ask the same functions, so that both refuse the same things in the
same words. Places are the keys of a scenario document: `costs[0].contribution`, `phase2.until`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cohort.core.facts import (
    ASSESSORS,
    CLAIM_STATUSES,
    ENDINGS,
    EXTRA_COST_KINDS,
    RESIDENTIAL_SETTINGS,
    SETTINGS,
    Child,
    Claim,
    Expense,
    ExtraCost,
    Fact,
    Household,
    KnownFacts,
    Placement,
    Rate,
    Retraction,
)
from cohort.core.terms import RATE_SCALE, Phase, ScheduleRow, Terms, terms_for_month
from pbr_ledger.errors import Problem
from pbr_ledger.money import pounds_text
from pbr_ledger.periods import Month

FIXED_FEE_LIMITS = ("schedule", "cap")
FIXED_FEE_SAVINGS = ("month", "to_date")
NEGATIVE_SAVINGS = ("net", "zero")
SUCCESS_FEE_BASES = ("run_rate", "realised")

_DAY = timedelta(days=1)
_WORD_OF = {"extra_cost": "extra cost"}


# One fact by itself


def shape_problems(fact: Fact | Retraction) -> list[Problem]:
    """What is wrong within one fact, whatever else is known (docs/contract.md 1.3, 2.3)."""
    problems = list(_text_problems("id", fact.id))
    match fact:
        case Child():
            problems += _child_problems(fact)
        case Placement():
            problems += _placement_problems(fact)
        case Claim():
            problems += _choice_problems("status", fact.status, CLAIM_STATUSES)
        case Household():
            problems += _choice_problems("assessed_by", fact.assessed_by, ASSESSORS)
        case ExtraCost():
            problems += _extra_cost_problems(fact)
        case Expense():
            problems += _expense_problems(fact)
    return problems


def _child_problems(child: Child) -> Iterator[Problem]:
    yield from _period_problems("left", child.joined, child.left)
    yield from _rate_problems("baseline", child.baseline, child.joined)


def _placement_problems(placement: Placement) -> Iterator[Problem]:
    yield from _choice_problems("setting", placement.setting, SETTINGS)
    yield from _period_problems("until", placement.start, placement.until)
    if placement.ended is not None:
        yield from _choice_problems("ended", placement.ended, ENDINGS)
    if placement.until is None and placement.ended is not None:
        yield Problem("ended", "says how the placement ended, but “until” does not say when")
    if placement.until is not None and placement.ended is None:
        yield Problem("ended", "has to say how the placement ended, as “until” says when")
    yield from _rate_problems("costs", placement.costs, placement.start)


def _extra_cost_problems(extra_cost: ExtraCost) -> Iterator[Problem]:
    yield from _choice_problems("kind", extra_cost.category, EXTRA_COST_KINDS)
    yield from _period_problems("until", extra_cost.start, extra_cost.until)
    yield from _amount_problems("weekly", extra_cost.weekly_pence)


def _expense_problems(expense: Expense) -> Iterator[Problem]:
    yield from _text_problems("kind", expense.category)
    yield from _amount_problems("amount", expense.amount_pence)
    if not _can_be_kept(expense.description):
        yield Problem("description", "holds a character that cannot be kept")


def _period_problems(place: str, start: date, until: date | None) -> Iterator[Problem]:
    if until is not None and until <= start:
        yield Problem(place, f"the period is empty or runs backwards: {until} is not after {start}")


def _rate_problems(place: str, rates: Sequence[Rate], needed_from: date) -> Iterator[Problem]:
    if not rates:
        yield Problem(place, "needs at least one rate")
    elif rates[0].start > needed_from:
        yield Problem(place, f"the first rate begins on {rates[0].start}, but is needed from {needed_from}")
    for position, rate in enumerate(rates):
        if position and rate.start <= rates[position - 1].start:
            yield Problem(f"{place}[{position}].from", f"{rate.start} is not after the rate before it")
        yield from _amount_problems(f"{place}[{position}].weekly", rate.weekly_pence)
        yield from _amount_problems(f"{place}[{position}].contribution", rate.contribution_pence)
        if rate.contribution_pence > rate.weekly_pence:
            yield Problem(f"{place}[{position}].contribution", "is more than the weekly amount")


def _amount_problems(place: str, pence: int) -> Iterator[Problem]:
    if pence < 0:
        yield Problem(place, f"{pounds_text(pence)} is below zero")


def _choice_problems(place: str, value: str, choices: Collection[str]) -> Iterator[Problem]:
    if value not in choices:
        yield Problem(place, f"“{value}” is none of {', '.join(choices)}")


def _text_problems(place: str, text: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(place, "must not be empty")
    elif not _can_be_kept(text):
        yield Problem(place, "holds a character that cannot be kept")


def _can_be_kept(text: str) -> bool:
    """Whether a database and a UTF-8 document can hold the text: no NUL, no half of a surrogate pair."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)


# The terms


def terms_problems(terms: Terms) -> list[Problem]:
    """What is wrong within one version of the terms (docs/contract.md 3.2, 4.1, 7.3, 11.1)."""
    return [
        *_phase_problems("phase2", terms.phase2),
        *_phase_problems("phase3", terms.phase3),
        *_phase_order_problems(terms),
        *_fee_problems(terms),
        *_refund_problems(terms),
        *_reading_problems(terms),
        *_schedule_problems(terms.schedule, terms.cap_pence),
    ]


def _phase_problems(place: str, phase: Phase) -> Iterator[Problem]:
    yield from _period_problems(f"{place}.until", phase.start, phase.until)
    yield from _amount_problems(f"{place}.fee", phase.fee_pence)


def _phase_order_problems(terms: Terms) -> Iterator[Problem]:
    if terms.phase3.start < terms.phase2.until:
        yield Problem("phase3.from", f"Phase 3 starts before Phase 2 ends on {terms.phase2.until}")


def _fee_problems(terms: Terms) -> Iterator[Problem]:
    yield from _amount_problems("success_fee.threshold", terms.success_fee.threshold_pence)
    if terms.success_fee.rate < 0:
        yield Problem("success_fee.rate", "is below zero")
    yield from _amount_problems("carer_fee", terms.carer_fee_pence)
    yield from _amount_problems("maximum_value", terms.maximum_value_pence)


def _refund_problems(terms: Terms) -> Iterator[Problem]:
    for position, refund in enumerate(terms.carer_fee_refund):
        place = f"carer_fee_refund[{position}]"
        if refund.within_nights < 0:
            yield Problem(f"{place}.within_nights", "is below zero")
        if not 0 <= refund.share <= RATE_SCALE:
            yield Problem(f"{place}.share", "has to be a share from 0 to 1")


def _reading_problems(terms: Terms) -> Iterator[Problem]:
    yield from _choice_problems("fixed_fee_limit", terms.fixed_fee_limit, FIXED_FEE_LIMITS)
    yield from _choice_problems("fixed_fee_savings", terms.fixed_fee_savings, FIXED_FEE_SAVINGS)
    yield from _choice_problems("negative_savings", terms.negative_savings, NEGATIVE_SAVINGS)
    yield from _choice_problems("success_fee.basis", terms.success_fee.basis, SUCCESS_FEE_BASES)
    if terms.annual_days < 1:
        yield Problem("annual_days", "has to be above zero")
    for position, setting in enumerate(terms.family_settings):
        yield from _choice_problems(f"family_settings[{position}]", setting, SETTINGS)


def _schedule_problems(schedule: Sequence[ScheduleRow] | None, cap_pence: int) -> Iterator[Problem]:
    if schedule is None:
        return
    months: set[Month] = set()
    for position, row in enumerate(schedule):
        if row.month in months:
            yield Problem(f"schedule[{position}].month", f"{row.month} stands in the schedule twice")
        months.add(row.month)
        yield from _amount_problems(f"schedule[{position}].amount", row.amount_pence)
    total = sum(row.amount_pence for row in schedule)
    if total != cap_pence:
        yield Problem("schedule", f"adds up to {pounds_text(total)}, not to the two fees, {pounds_text(cap_pence)}")


# What one fact says of another


def reference_problems(fact: Fact, known: KnownFacts) -> list[Problem]:
    """The references of a fact to a child, placement or household that is not live (docs/contract.md 11.3)."""
    return [
        Problem(kind, f"{kind} {reference} is not known on that day")
        for kind, reference in references_of(fact)
        if reference not in known.of_kind(kind)
    ]


def references_of(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The facts that a fact refers to, as kind and id; the kind is also the key that names it (docs/contract.md 1.1)."""
    match fact:
        case Placement(household=None):
            return (("child", fact.child),)
        case Placement(household=str(household)):
            return (("child", fact.child), ("household", household))
        case Claim():
            return (("placement", fact.placement),)
        case ExtraCost():
            return (("child", fact.child),)
    return ()


def retraction_problems(
    retraction: Retraction, known_after: KnownFacts, *, ever_recorded: Collection[tuple[str, str]] | None = None
) -> list[Problem]:
    """What stands against a retraction, given all that is known after it (docs/contract.md 11.3).

    A live fact must not refer to what is retracted; restored by a later version of the same day, it is live again
    and nothing stands against it. `ever_recorded` holds kind and id of everything recorded until then: retracting
    twice is harmless, retracting what never was is refused. Left out, that is not asked.
    """
    word = _WORD_OF.get(retraction.kind, retraction.kind)
    if ever_recorded is not None and (retraction.kind, retraction.id) not in ever_recorded:
        return [Problem("id", f"there is no live {word} {retraction.id} to retract")]
    if retraction.id in known_after.of_kind(retraction.kind):
        return []
    target = (retraction.kind, retraction.id)
    return [
        Problem("id", f"{_WORD_OF.get(fact.kind, fact.kind)} {fact.id} still refers to {word} {retraction.id}")
        for fact in _facts_that_refer(known_after)
        if target in references_of(fact)
    ]


def _facts_that_refer(known: KnownFacts) -> Iterator[Fact]:
    yield from known.placements.values()
    yield from known.claims.values()
    yield from known.extra_costs.values()


# Claims


@dataclass(frozen=True, slots=True)
class Journeys:
    """The placements of each child by reference, and the placements with an agreed claim."""

    placements_of: Mapping[str, Sequence[Placement]]
    claimed: frozenset[str]


def journeys_of(known: KnownFacts) -> Journeys:
    """The known facts arranged by child, for asking about many claims at once (docs/contract.md 1.1)."""
    placements_of: dict[str, list[Placement]] = {}
    for placement in known.placements.values():
        placements_of.setdefault(placement.child, []).append(placement)
    agreed = (claim.placement for claim in known.claims.values() if claim.status == "agreed")
    return Journeys(placements_of, frozenset(agreed))


def claim_problems(claim: Claim, known: KnownFacts, journeys: Journeys | None = None) -> list[Problem]:
    """What stands against a claim, of whatever status, as known at the end of its day (docs/contract.md 1.1, 2.1).

    It has to be for a family setting under the terms of the month in which the placement starts. An agreed one is a
    transition only if the child lived, on the night before, in residential or unregistered care, or in a family
    placement with an agreed claim. `journeys` is `journeys_of(known)`, when the caller has it already.
    """
    placement = known.placements.get(claim.placement)
    if placement is None:
        return []  # said by reference_problems
    if not known.terms:
        return [Problem("placement", "no terms are known on that day, so a claim cannot be judged")]
    if not _is_family(placement.setting, placement.start, known):
        return [Problem("placement", f"the setting of placement {placement.id} is no family setting then")]
    if claim.status == "agreed" and not _is_transition(placement, known, journeys or journeys_of(known)):
        return [Problem("placement", _NO_TRANSITION.format(night=placement.start - _DAY))]
    return []


_NO_TRANSITION = (
    "on {night}, the night before, the child lived neither in residential or unregistered care "
    "nor in a family placement with an agreed claim"
)


def _is_family(setting: str, night: date, known: KnownFacts) -> bool:
    return setting in terms_for_month(known.terms, Month.of(night)).family_settings


def _is_transition(placement: Placement, known: KnownFacts, journeys: Journeys) -> bool:
    """Whether the child came from a setting from which a move earns savings."""
    if placement.start == date.min:
        return False
    night = placement.start - _DAY
    return any(
        before.setting in RESIDENTIAL_SETTINGS
        or (before.id in journeys.claimed and _is_family(before.setting, night, known))
        for before in journeys.placements_of.get(placement.child, ())
        if before.start <= night and (before.until is None or night < before.until)
    )


# Overlaps


def overlap_problems(known: KnownFacts) -> list[tuple[str, str]]:
    """Pairs of placements of one child that share a night, the one that begins earlier first (docs/contract.md 1.3)."""
    placements_of = journeys_of(known).placements_of
    return [pair for child in sorted(placements_of) for pair in overlaps_among(placements_of[child])]


def overlaps_among(placements: Iterable[Placement]) -> list[tuple[str, str]]:
    """The overlaps among the placements of one child: each that begins too early, with the one that still ran.

    Of several that still ran, the one that reaches furthest is named (docs/contract.md 1.3).
    """
    pairs: list[tuple[str, str]] = []
    furthest: Placement | None = None
    for placement in sorted(placements, key=lambda each: (each.start, each.id)):
        if furthest is not None and (furthest.until is None or placement.start < furthest.until):
            pairs.append((furthest.id, placement.id))
        if furthest is None or _ends(furthest) < _ends(placement):
            furthest = placement
    return pairs


def _ends(placement: Placement) -> tuple[bool, date]:
    """A key by which open placements end last."""
    return (placement.until is None, placement.until or date.max)
