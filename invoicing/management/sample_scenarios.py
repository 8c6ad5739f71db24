"""What the demonstration keeps under *What if*: a scenario beside the finished contract, one beside that in hand."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from cohort.models import Contract
from invoicing.services.scenarios import At
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.periods import LONDON
from savings.core.what_if.changes import Breakdown, Change, Move
from savings.models import KeptScenario
from savings.pages.what_if.words import change_words
from savings.queries import scenario_ground
from savings.services.what_if import make_scenario, plan_change

FINISHED_NAME: Final = "A breakdown that comes to light late"
FINISHED: Final = (Breakdown("C20-F0", date(2026, 9, 14)),)
IN_HAND_NAME: Final = "Four moves by July, and one breakdown"
IN_HAND: Final = (
    Move("C10", date(2026, 6, 15), "fostering_external", 226_900, 0, None, False, "C10-F0", "C10-T0"),
    Move("C04", date(2026, 7, 6), "fostering_in_house", 84_000, 0, "H09", False, "C04-F0", "C04-T0"),
    Move("C18", date(2026, 7, 6), "fostering_in_house", 92_500, 0, "H10", True, "C18-F0", "C18-T0"),
    Move("C13", date(2026, 7, 20), "connected_carers", 46_350, 0, None, False, "C13-F0", "C13-T0"),
    Breakdown("C09-F0", date(2026, 8, 3)),
)
MADE_AT: Final = At(datetime(2026, 5, 30, 12, tzinfo=LONDON))
"""When that of the contract in hand is made: after everything that is recorded on it."""


def keep_sample_scenarios(*, finished: Contract, in_hand: Contract, by: Person, clock: Clock) -> None:
    """Both scenarios, kept for this officer's council. Raises what the services of *What if* raise."""
    keep_scenario(contract=finished, name=FINISHED_NAME, changes=FINISHED, by=by, clock=clock)
    keep_scenario(contract=in_hand, name=IN_HAND_NAME, changes=IN_HAND, by=by, clock=MADE_AT)


def keep_scenario(
    *, contract: Contract, name: str, changes: Sequence[Change], by: Person, clock: Clock
) -> KeptScenario:
    """A scenario with these plans, each planned as the page does it."""
    scenario = make_scenario(contract=contract, name=name, by=by, clock=clock)
    known = scenario_ground(scenario.versions.get()).known
    for seen, change in enumerate(changes, start=1):
        what = change_words(change, known)
        plan_change(scenario=scenario, change=change, what=what, seen=seen, by=by, clock=clock)
    return scenario
