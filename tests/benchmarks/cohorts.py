"""Cohorts of any size, as the core reads them: plausible journeys, each with moves, prices and extra costs."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from cohort.core.facts import Child, Claim, ExtraCost, KnownFacts, Placement, Rate
from cohort.core.terms import Phase, SuccessFee, Terms
from pbr_ledger.periods import Month

START = date(2025, 8, 4)
MONTHS = 24
LAST_MONTH = Month(2027, 7)


def terms() -> Terms:
    """Two years of programme, so that every one of the 24 months counts."""
    return Terms(
        recorded=date(2025, 7, 29),
        effective_from=START,
        phase2=Phase(START, date(2025, 9, 29), 3_540_000),
        phase3=Phase(date(2025, 9, 29), date(2027, 8, 1), 56_440_000),
        success_fee=SuccessFee(threshold_pence=300_000_000, rate=1000),
        carer_fee_pence=1_000_000,
        maximum_value_pence=100_000_000,
    )


def cohort(children: int) -> KnownFacts:
    """So many children, all moved by the end of the first month; one in four has an uplift, one in five a notice."""
    facts = _Facts()
    for number in range(children):
        _add(facts, number)
    return KnownFacts(
        terms=(terms(),),
        children=facts.children,
        placements=facts.placements,
        claims=facts.claims,
        extra_costs=facts.extra_costs,
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    children: dict[str, Child] = field(default_factory=dict)
    placements: dict[str, Placement] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    extra_costs: dict[str, ExtraCost] = field(default_factory=dict)


def _add(facts: _Facts, number: int) -> None:
    reference = f"C{number:06d}"
    before = date(2024, 1, 1)
    moved = START + timedelta(days=number % 28)
    baseline = [Rate(before, 650_000 + number % 977 * 100)]
    if number % 4 == 0:
        baseline.append(Rate(date(2026, 4, 1), 680_000 + number % 977 * 100))
    costs = [Rate(moved, 70_000 + number % 613 * 100)]
    facts.children[reference] = Child(reference, START, None, tuple(baseline))
    facts.placements[f"{reference}-R0"] = Placement(
        f"{reference}-R0", reference, "residential", before, moved, "planned", None, (Rate(before, 650_000),)
    )
    facts.placements[f"{reference}-F0"] = Placement(
        f"{reference}-F0", reference, "fostering_in_house", moved, None, None, None, tuple(costs)
    )
    facts.claims[f"{reference}-T0"] = Claim(f"{reference}-T0", f"{reference}-F0", "agreed")
    if number % 5 == 0:
        until = moved + timedelta(days=14)
        facts.extra_costs[f"{reference}-N"] = ExtraCost(f"{reference}-N", reference, "notice", moved, until, 650_000)
