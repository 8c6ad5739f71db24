"""What facts not yet recorded would do: the same as they do once they are recorded and the next month is closed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from cohort.core.facts import KnownFacts, Retraction
from cohort.core.known import as_known_on, known_with
from cohort.core.moves import broken_down
from pbr_ledger.periods import Month
from savings.core.effects import Effect, effect
from savings.core.model import statements
from savings.core.results import NOTHING_STATED, Adjustment, Position
from savings.core.scenario import read_scenario
from savings.core.statement import statement

SCENARIOS = Path(__file__).parent.parent / "scenarios"


def known_and_stated(name: str, until: Month) -> tuple[KnownFacts, Position]:
    """What was known when the scenario's month was closed, and what had been stated by then."""
    scenario = read_scenario((SCENARIOS / f"{name}.json").read_bytes())
    closed = {each.month: each for each in statements(scenario)}[until]
    return as_known_on(closed.as_known_on, terms=scenario.terms, versions=scenario.facts), closed.position


def test_late_breakdown_takes_savings_of_closed_months_and_becomes_a_credit():
    known, position = known_and_stated("breakdown-reported-late", Month(2026, 4))
    breakdown = broken_down(known.placements["C01-F0"], date(2026, 3, 20))
    found = effect([breakdown], known=known, month=Month(2026, 5), last_closed=Month(2026, 4), position=position)
    assert found == Effect(
        month=Month(2026, 5),
        last_closed=Month(2026, 4),
        changes=(Adjustment("C01", Month(2026, 3), -960_000), Adjustment("C01", Month(2026, 4), -2_400_000)),
        savings_before=6_400_000,
        savings_after=3_040_000,
        charge_before=2_480_000,
        charge_after=-3_360_000,
        limited_by=frozenset({"savings", "nothing"}),
    )
    assert found.charge_difference == -5_840_000


def test_fees_that_the_schedule_limited_stay_when_savings_fall():
    known, position = known_and_stated("late-breakdown-limited-by-schedule", Month(2026, 8))
    breakdown = broken_down(known.placements["C09-F0"], date(2026, 7, 11))
    found = effect([breakdown], known=known, month=Month(2026, 9), last_closed=Month(2026, 8), position=position)
    assert [(each.month, each.saving_pence) for each in found.changes] == [
        (Month(2026, 7), -1_680_000),
        (Month(2026, 8), -2_480_000),
    ]
    assert found.limited_by == frozenset({"schedule"})
    assert found.charge_after == 4_703_333 + 2_120_000
    assert found.charge_difference == 2_120_000 - 5_040_000  # the success fee alone


def test_what_changes_no_closed_month_changes_the_next_statement_alone():
    known, position = known_and_stated("breakdown-reported-late", Month(2026, 4))
    breakdown = broken_down(known.placements["C01-F0"], date(2026, 5, 11))
    found = effect([breakdown], known=known, month=Month(2026, 5), last_closed=Month(2026, 4), position=position)
    assert (found.changes, found.savings_before, found.savings_after) == ((), 6_400_000, 6_400_000)
    assert (found.charge_before, found.charge_after) == (2_480_000, 800_000)


def test_before_the_first_closing_no_month_is_a_closed_one():
    known, _ = known_and_stated("breakdown-reported-late", Month(2026, 2))
    found = effect(
        [Retraction("claim", "C01-T0")], known=known, month=Month(2026, 2), last_closed=None, position=NOTHING_STATED
    )
    assert (found.changes, found.savings_before, found.savings_after) == ((), 0, 0)
    assert (found.charge_before, found.charge_after) == (1_520_000, 0)


def test_what_is_known_stays_as_it_is():
    known, position = known_and_stated("breakdown-reported-late", Month(2026, 4))
    before = replace(known, placements=dict(known.placements))
    gone = [Retraction("claim", "C01-T0"), broken_down(known.placements["C01-F0"], date(2026, 3, 20))]
    effect(gone, known=known, month=Month(2026, 5), last_closed=Month(2026, 4), position=position)
    assert known == before
    assert known_with(known, gone).claims == {}


def test_effect_is_what_the_next_statement_then_charges():
    known, position = known_and_stated("breakdown-reported-late", Month(2026, 4))
    breakdown = broken_down(known.placements["C01-F0"], date(2026, 3, 20))
    found = effect([breakdown], known=known, month=Month(2026, 5), last_closed=Month(2026, 4), position=position)
    after = statement(
        month=Month(2026, 5),
        as_known_on=date(2026, 6, 6),
        known=known_with(known, [breakdown]),
        position=position,
    )
    assert (found.charge_after, found.changes) == (after.charges.total, after.adjustments)
