"""Why each child's month saved what it did: nights, prices and clauses behind a figure (docs/contract.md 2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from cohort.core.facts import KnownFacts
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, day_shown, month_shown, setting_shown
from savings.core.nights import journeys, priced_nights
from savings.core.results import Line, PricedNights, Statement
from savings.documents.sections import Step

LINES_SHOWN = 300
"""Past so many children the page names the file that has them all instead."""


@dataclass(frozen=True, slots=True)
class NightsOpened:
    """Nights at one price: where the child lived, and from the baseline to the saving of a week."""

    heading: str
    where: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LineOpened:
    """A child's line of the statement, and all that stands behind it; `sum` is the one that was rounded."""

    child: str
    nights: str
    where: str
    saving: str
    runs: tuple[NightsOpened, ...]
    sum: str


def nights_behind(statement: Statement, known: KnownFacts) -> tuple[PricedNights, ...]:
    """The nights that count in the statement's month, with their prices, child by child."""
    children = journeys(known)
    return tuple(
        run
        for line in statement.lines
        for run in priced_nights(children[line.child], month=statement.month, terms=statement.terms)
    )


def lines_opened(statement: Statement, nights: Sequence[PricedNights]) -> tuple[LineOpened, ...]:
    """Every child with nights that count in the month, in order; none past `LINES_SHOWN`."""
    if len(statement.lines) > LINES_SHOWN:
        return ()
    runs = {child: tuple(group) for child, group in groupby(nights, key=lambda run: run.child)}
    return tuple(line_opened(line, runs.get(line.child, ()), statement.month) for line in statement.lines)


def line_opened(line: Line, runs: tuple[PricedNights, ...], month: Month) -> LineOpened:
    """What one child's counted nights of the month saved, with all that stands behind it."""
    products = " + ".join(f"{run.nights} × {pounds_shown(run.saving_pence)}" for run in runs)
    products = f"({products})" if len(runs) > 1 else products
    saving = pounds_shown(line.saving_pence)
    return LineOpened(
        child=line.child,
        nights=count_shown(line.nights, "night"),
        where=", then ".join(dict.fromkeys(setting_shown(run.setting) for run in runs)),
        saving=saving,
        runs=tuple(_run(run) for run in runs),
        sum=f"Saving of {month_shown(month)}: {products} ÷ 7, rounded once to the penny",
    )


def _run(run: PricedNights) -> NightsOpened:
    last = run.until.fromordinal(run.until.toordinal() - 1)
    span = (
        f"the night of {day_shown(run.start)}"
        if run.nights == 1
        else (f"the nights of {day_shown(run.start)} to {day_shown(last)}")
    )
    return NightsOpened(
        heading=f"{count_shown(run.nights, 'night')}: {span}",
        where=f"{setting_shown(run.setting)}, placement {run.placement}, counted under claim {run.claim} (2.1)",
        steps=tuple(_steps(run)),
    )


def _steps(run: PricedNights) -> Iterator[Step]:
    yield Step("Baseline, a week", pounds_shown(run.baseline_pence), "2.2")
    yield Step("Less the placement, a week", pounds_shown(-run.cost_pence), "2.3")
    saving = run.baseline_pence - run.cost_pence
    for _, category, weekly in run.extra_costs:
        yield Step(f"Less {category.replace('_', ' ')}, a week", pounds_shown(-weekly), "2.4")
        saving -= weekly
    if saving == run.saving_pence:
        yield Step("Saving, a week", pounds_shown(saving), "2.2", result=True)
    else:
        yield Step("That is, a week", pounds_shown(saving), "2.2")
        counted = pounds_shown(run.saving_pence)
        yield Step("Saving, a week, where nothing counts below zero", counted, "2.5", result=True)
