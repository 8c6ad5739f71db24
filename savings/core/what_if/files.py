"""What ifs as scenario files: a contract's history, what is planned, and every month closed (docs/scenario.md).

A scenario file knows days, a ledger instants: a cut-off includes the whole of its day. What was recorded later on the
day of a cut-off is written as recorded the day after, so that the file closes each month on what was known for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from cohort.core.facts import Child, Fact, Retraction
from cohort.core.known import RecordedFact, as_known_on
from cohort.core.terms import Terms, programme_start
from pbr_ledger.periods import Month, day_of
from savings.core.model import statements
from savings.core.results import NOTHING_STATED, Statement
from savings.core.scenario import Closing, Scenario
from savings.core.what_if.applied import Applied
from savings.core.what_if.outlook import ClosedFigures, Ground, Outlook, programme_end

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Something that happened at an instant: terms or a fact recorded, or a month closed as known then."""

    at: datetime
    content: Terms | Fact | Retraction | Month


@dataclass(frozen=True, slots=True)
class History:
    """What happened, by days: the terms, the versions of facts in order, the months closed, and the last day."""

    terms: tuple[Terms, ...]
    facts: tuple[RecordedFact, ...]
    closings: tuple[Closing, ...]
    last: date


def history_of(recorded: Iterable[Recorded]) -> History:
    """The days of what happened in a ledger, given in the order of its instants (docs/contract.md 11.4)."""
    terms: list[Terms] = []
    facts: list[RecordedFact] = []
    closings: list[Closing] = []
    earliest = last = date.min
    for each in recorded:
        last = max(day_of(each.at), last, earliest)
        match each.content:
            case Month():
                closings.append(Closing(each.content, last))
                earliest = last + _DAY
            case Terms():
                terms.append(replace(each.content, recorded=last))
            case _:
                facts.append(RecordedFact(last, each.content))
    return History(tuple(terms), _last_of_each_day(facts), tuple(closings), last)


def _last_of_each_day(facts: Sequence[RecordedFact]) -> tuple[RecordedFact, ...]:
    """One version of a fact a day, its last: a file is judged by what is known at a day's end (docs/scenario.md)."""
    kept: list[RecordedFact] = []
    ever: set[tuple[str, str]] = set()
    for _, of_the_day in groupby(facts, key=lambda fact: fact.recorded):
        latest = {(fact.content.kind, fact.content.id): fact for fact in of_the_day}
        kept += [fact for key, fact in latest.items() if key in ever or not isinstance(fact.content, Retraction)]
        ever |= {(fact.content.kind, fact.content.id) for fact in kept}
    return tuple(kept)


def history_in(scenario: Scenario, on: date) -> History:
    """A file's history: all that it records, and those of its months that are closed by the day."""
    closings = tuple(closing for closing in scenario.closings if closing.as_known_on <= on)
    days = [fact.recorded for fact in scenario.facts] + [terms.recorded for terms in scenario.terms]
    return History(scenario.terms, scenario.facts, closings, max([*days, *(each.as_known_on for each in closings)]))


def ground_in(scenario: Scenario, on: date) -> Ground:
    """Where a file's projection begins: all that it records is known, also what it records later (11.4)."""
    history = history_in(scenario, on)
    known = as_known_on(date.max, terms=scenario.terms, versions=scenario.facts)
    worked = list(statements(replace(scenario, closings=history.closings)))
    return Ground(known, worked[-1].position if worked else NOTHING_STATED, tuple(map(figures_of, worked)))


def months_of_children(scenario: Scenario) -> int:
    """How much there is to work out: the children that the file ever records, times the programme's months (4.2)."""
    first, last = programme_start(scenario.terms), programme_end(scenario.terms)
    children = {fact.content.id for fact in scenario.facts if fact.content.kind == Child.kind}
    return len(children) * sum(1 for _ in first.through(last))


def figures_of(worked: Statement) -> ClosedFigures:
    """What a statement says, as a projection goes on from it."""
    return ClosedFigures(worked.month, worked.charges, worked.savings_to_date_pence, worked.run_rate.total_pence)


def scenario_of(*, contract: str, why: str, history: History, planned: Applied, projected: Outlook) -> Scenario:
    """The what if as a scenario: its history, then all that is planned at once, and the months to its end closed.

    Worked out (`manage.py model`) or loaded and closed, it gives what the projection gives, to the penny.
    """
    day = history.last
    if history.closings and history.closings[-1].as_known_on >= day:
        day = history.closings[-1].as_known_on + _DAY
    closings = [Closing(each.month, max(each.month.plus(1).first_day, day)) for each in projected.projected]
    return Scenario(
        contract,
        why,
        (*history.terms, *(replace(terms, recorded=day) for terms in planned.terms)),
        (*history.facts, *(RecordedFact(day, fact) for fact in _once_each(planned.facts))),
        (*history.closings, *closings),
    )


def _once_each(facts: Sequence[Fact]) -> Iterable[Fact]:
    """The last version of each fact: they are recorded on one day."""
    return {(fact.kind, fact.id): fact for fact in facts}.values()
