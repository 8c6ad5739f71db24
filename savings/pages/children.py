"""One child: the journey, the prices, what each month earned and why, and every version of every fact."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cohort.core.facts import Child, KnownFacts, Placement
from cohort.core.moves import claim_statuses, placements_of_child
from cohort.core.terms import Terms, programme_start, terms_for_month
from cohort.models import Contract
from cohort.pages.facts import CLAIM_WORDS, ENDED_WORDS, UNDER_BLOCK_CONTRACT, rate_shown
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown, month_shown, more_or_less, setting_shown, signed_shown
from savings.core.document import position_after
from savings.core.nights import Journey, journeys, monthly_savings, priced_nights
from savings.core.results import Line
from savings.core.run_rate import last_night
from savings.core.statement import terms_by_month
from savings.pages.lines import LineOpened, line_opened
from savings.queries import closed_statements


@dataclass(frozen=True, slots=True)
class PlacementShown:
    """A step of the journey."""

    reference: str
    key: int
    setting: str
    start: str
    until: str
    ended: str
    is_breakdown: bool
    is_running: bool
    household: str
    bed: str
    prices: tuple[str, ...]
    claim: str
    claim_colour: str


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim for one of the child's placements."""

    reference: str
    key: int
    placement: str
    status: str
    colour: str


@dataclass(frozen=True, slots=True)
class ExtraCostShown:
    """What is paid beside the placement."""

    reference: str
    key: int
    category: str
    start: str
    until: str
    weekly: str


@dataclass(frozen=True, slots=True)
class MonthEarned:
    """What a month earned as now known, with why, beside what closed statements have stated for it.

    `stated` is empty for a month that is not closed; `difference` where the two are alike.
    """

    month: str
    address: str
    line: LineOpened
    stated: str
    difference: str


@dataclass(frozen=True, slots=True)
class Earned:
    """All months with a night that counts or a saving stated, and their sums."""

    months: tuple[MonthEarned, ...]
    known: str
    stated: str
    difference: str
    adjusted: int


@dataclass(frozen=True, slots=True)
class Journal:
    """Everything about a child as known at an instant."""

    child: Child
    joined: str
    left: str
    baseline: tuple[str, ...]
    placements: tuple[PlacementShown, ...]
    claims: tuple[ClaimShown, ...]
    extra_costs: tuple[ExtraCostShown, ...]
    earned: Earned


def journal(
    contract: Contract,
    known: KnownFacts,
    child: Child,
    *,
    keys: Mapping[tuple[str, str], int],
    on: date,
    closed_by: datetime | None,
) -> Journal:
    """The child as known, with its months up to the day's; of statements only those closed by the instant, or all."""
    claims = claim_statuses(known)
    placements = placements_of_child(known, child.id)
    own = {each.id for each in placements}
    return Journal(
        child=child,
        joined=day_shown(child.joined),
        left=day_shown(child.left) if child.left else "",
        baseline=tuple(map(rate_shown, child.baseline)),
        placements=tuple(_placement(each, keys, claims.get(each.id, "")) for each in placements),
        claims=tuple(
            ClaimShown(each.id, keys.get(("claim", each.id), 0), each.placement, *CLAIM_WORDS[each.status])
            for each in known.claims.values()
            if each.placement in own
        ),
        extra_costs=tuple(_extra_costs(known, child.id, keys)),
        earned=_earned(contract, known, child, on, closed_by),
    )


def _placement(placement: Placement, keys: Mapping[tuple[str, str], int], claim: str) -> PlacementShown:
    status, colour = CLAIM_WORDS.get(claim, ("", ""))
    return PlacementShown(
        reference=placement.id,
        key=keys.get(("placement", placement.id), 0),
        setting=setting_shown(placement.setting),
        start=day_shown(placement.start),
        until=day_shown(placement.until) if placement.until else "",
        ended=ENDED_WORDS[placement.ended] if placement.ended else "",
        is_breakdown=placement.ended == "breakdown",
        is_running=placement.until is None,
        household=placement.household or "",
        bed=UNDER_BLOCK_CONTRACT.lower() if placement.block_contract else "",
        prices=tuple(map(rate_shown, placement.costs)),
        claim=status,
        claim_colour=colour,
    )


def _extra_costs(known: KnownFacts, child: str, keys: Mapping[tuple[str, str], int]) -> Iterator[ExtraCostShown]:
    for each in sorted(known.extra_costs.values(), key=lambda extra: (extra.start, extra.id)):
        if each.child == child:
            yield ExtraCostShown(
                each.id,
                keys.get(("extra_cost", each.id), 0),
                each.category.capitalize(),
                day_shown(each.start),
                day_shown(each.until),
                pounds_shown(each.weekly_pence),
            )


# What each month earned


def _earned(contract: Contract, known: KnownFacts, child: Child, on: date, closed_by: datetime | None) -> Earned:
    """Every month since the programme began in which the child earned something, or was stated to have (2.6, 5.1)."""
    stated, closed = _stated(contract, child.id, closed_by)
    savings = _savings(known, child.id, _months_until(known, on, closed))
    told = closed | set(stated)
    shown = tuple(
        _month(month, line, saving, stated.get(month, 0) if month in told else None, is_closed=month in closed)
        for month, (saving, line) in savings.items()
        if line.runs or saving or stated.get(month)
    )
    total = sum(saving for month, (saving, _) in savings.items() if month in told)
    total_stated = sum(stated.values())
    return Earned(
        months=shown,
        known=pounds_shown(total),
        stated=pounds_shown(total_stated),
        difference=more_or_less(total - total_stated) if total != total_stated else "",
        adjusted=sum(1 for each in shown if each.difference),
    )


def _stated(contract: Contract, child: str, closed_by: datetime | None) -> tuple[dict[Month, int], set[Month]]:
    """All that closed statements have stated of the child by month, in pence, and the months that are closed."""
    statements = closed_statements(contract)
    if closed_by is not None:
        statements = statements.filter(closed_at__lte=closed_by)
    rows = list(statements.values_list("month_start", "document", "expenses"))
    position = position_after((json.loads(document), expenses) for _, document, expenses in rows)
    stated = {month: table[child] for month, table in position.stated.items() if child in table}
    return stated, {Month.of(start) for start, _, _ in rows}


def _months_until(known: KnownFacts, on: date, closed: set[Month]) -> tuple[Month, ...]:
    """The months of the programme up to that of the day, and all that are closed; none without terms."""
    if not known.terms:
        return ()
    first = programme_start(known.terms)
    ends = Month.of(last_night(terms_for_month(known.terms, Month.of(on))))
    return tuple(first.through(max(min(ends, Month.of(on)), *closed, first)))


def _savings(known: KnownFacts, child: str, months: tuple[Month, ...]) -> dict[Month, tuple[int, LineOpened]]:
    """What the child saved in each month, in pence, with why."""
    journey = journeys(known).get(child)
    if not months:
        return {}
    terms = terms_by_month(known.terms, months[-1])
    saved = monthly_savings({child: journey} if journey else {}, terms).by_month
    return {month: _line(journey, child, month, terms[month], saved[month].get(child, 0)) for month in months}


def _line(journey: Journey | None, child: str, month: Month, terms: Terms, saving_pence: int) -> tuple[int, LineOpened]:
    runs = priced_nights(journey, month=month, terms=terms) if journey else ()
    line = Line(child, sum(run.nights for run in runs), saving_pence)
    return saving_pence, line_opened(line, runs, month)


def _month(month: Month, line: LineOpened, saving: int, stated: int | None, *, is_closed: bool) -> MonthEarned:
    return MonthEarned(
        month=month_shown(month),
        address=str(month) if is_closed else "",
        line=line,
        stated="" if stated is None else pounds_shown(stated),
        difference="" if stated in (None, saving) else signed_shown(saving - (stated or 0)),
    )
