"""The contract of the demonstration on which a month's work is left to do: its first months closed and settled."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from django.db import transaction

from cohort import services as cohort
from cohort.core.facts import Child, Fact, Placement, Rate, Retraction
from cohort.models import Contract, Expense
from invoicing.management.sample_files import mileage_log, placement_agreement
from invoicing.services.drafts import draft_from_statement
from invoicing.services.invoices import approve, issue
from invoicing.services.scenarios import At, Settlement
from pbr_ledger.accounts.models import Person
from pbr_ledger.periods import LONDON, Month
from savings.core.scenario import Scenario
from savings.models import ClosedStatement
from savings.services import Particulars, Parties, load_scenario

LAST_CLOSED: Final = Month(2026, 4)
"""The last month that is closed; what was recorded after its cut-off is left out, or is work."""
IN_HAND: Final = Month(2026, 5)
"""The month that is proposed next."""
SETTLED_BEFORE: Final = Month(2026, 2)
"""From this month on there is something to do about each invoice."""

BROKEN_DOWN, BROKE_DOWN_ON = "C11-F0", date(2026, 3, 17)
FOLLOWED_BY = "C11-R1"
"""The breakdown that the scenario reports in April; here it is reported only after April is closed."""

CLAIMED, QUERIED = "C16-F0", "C19-F0"
MOVES: Final = ("C16-R0", CLAIMED, "C19-R0", QUERIED, "C19-N")
PANEL, TRAVEL = "H09", "E05"
"""What the scenario records in May: here it is recorded too, and waits for what people make of it."""

NEW_BASELINE: Final = (Rate(date(2023, 4, 30), 811_500), Rate(date(2026, 4, 1), 843_960))
"""Of C04: 4% more from April, as the council puts it to the provider."""
PRICE: Final = (Rate(date(2025, 2, 10), 724_500),)
NEW_CHILD: Final = Child("C22", date(2026, 5, 18), None, PRICE)
NEW_CHILD_LIVES: Final = Placement("C22-R0", "C22", "residential", date(2025, 2, 10), None, None, None, PRICE)


class AllButTheLast:
    """A `Follower`: the earlier months' invoices are settled by another one, the later statements are kept."""

    def __init__(self, settlement: Settlement) -> None:
        self._settlement = settlement
        self.kept: list[ClosedStatement] = []

    def closed(self, statement: ClosedStatement) -> None:
        """Plan what follows from an earlier month; keep a later one."""
        if statement.month < SETTLED_BEFORE:
            self._settlement.closed(statement)
        else:
            self.kept.append(statement)

    def until(self, instant: datetime | None) -> None:
        """Everything of the earlier months that is due before the instant."""
        self._settlement.until(instant)


@transaction.atomic
def load_practice(
    *, scenario: Scenario, reference: str, particulars: Particulars, parties: Parties, clerk: Person
) -> Contract:
    """The contract: the scenario's first months closed, the earlier ones paid, and work left for everybody.

    All or nothing, so that no worker records anything in between. Raises what `load_scenario` raises.
    """
    follower = AllButTheLast(Settlement(parties=parties, clerk=clerk))
    contract = load_scenario(
        scenario=first_months(scenario),
        reference=reference,
        particulars=particulars,
        parties=parties,
        closing=True,
        follower=follower,
    )
    _leave_invoices(follower.kept, parties)
    left_out = {each.content.id: each.content for each in scenario.facts if Month.of(each.recorded) == IN_HAND}
    _record_moves(contract, left_out, parties)
    _report_breakdown(contract, parties)
    _leave_claims(contract, parties)
    _leave_baselines(contract, parties)
    _leave_travel_and_panel(contract, left_out, parties)
    return contract


def first_months(scenario: Scenario) -> Scenario:
    """The scenario as it was known when April was closed, but for the breakdown that nobody had reported yet."""
    closings = tuple(each for each in scenario.closings if each.month <= LAST_CLOSED)
    cut = closings[-1].as_known_on
    facts = tuple(each for each in scenario.facts if each.recorded <= cut and not _is_the_breakdown(each.content))
    return replace(scenario, facts=facts, closings=closings)


def _is_the_breakdown(content: Fact | Retraction) -> bool:
    ended = isinstance(content, Placement) and content.ended == "breakdown"
    return content.id == FOLLOWED_BY or (content.id == BROKEN_DOWN and ended)


def _leave_invoices(statements: list[ClosedStatement], parties: Parties) -> None:
    """One invoice approved and not paid, the next issued and not approved, the last a draft."""
    drafts = [draft_from_statement(statement=statement, clock=_at(7, 9)) for statement in statements]
    to_pay, to_approve, _to_issue = (draft for draft in drafts if draft is not None)
    issue(invoice=to_pay, by=parties.provider_staff, clock=_at(7, 10))
    approve(invoice=to_pay, by=parties.second_officer, clock=_at(8, 10))
    issue(invoice=to_approve, by=parties.provider_staff, clock=_at(11, 10))


def _record_moves(contract: Contract, left_out: Mapping[str, Fact | Retraction], parties: Parties) -> None:
    """Two children have moved: C16 into a council's foster family, C19 into another's, with a week of notice to pay."""
    facts = [left_out[reference] for reference in MOVES]
    cohort.record(contract=contract, facts=facts, by=parties.officer, clock=_at(19, 9))


def _report_breakdown(contract: Contract, parties: Parties) -> None:
    """Weeks late, so that March and April have to be put right; where the child lives now is not recorded yet."""
    cohort.report_breakdown(
        contract=contract, placement=BROKEN_DOWN, until=BROKE_DOWN_ON, by=parties.provider_staff, clock=_at(19, 11)
    )


def _leave_claims(contract: Contract, parties: Parties) -> None:
    """One claim to decide, with its evidence, and one that the council has queried."""
    cohort.submit_claim(
        contract=contract,
        placement=CLAIMED,
        text="Moved on 11 May as planned. The placement agreement is attached; the carers were approved in March.",
        files=[cohort.Upload("placement-agreement-C16.pdf", placement_agreement())],
        by=parties.provider_staff,
        clock=_at(20, 10),
    )
    queried = cohort.submit_claim(
        contract=contract,
        placement=QUERIED,
        text="Moved on 18 May. The agency confirmed the price on the same day.",
        by=parties.provider_staff,
        clock=_at(20, 11),
    )
    cohort.act_on_claim(
        contract=contract,
        claim=queried.reference,
        action="query",
        text="Please attach the agency’s confirmation of the weekly price.",
        by=parties.officer,
        clock=_at(27, 9),
    )


def _leave_baselines(contract: Contract, parties: Parties) -> None:
    """A baseline that the council proposes, and a child whose first one the provider has not agreed."""
    cohort.propose_baseline(
        contract=contract,
        child="C04",
        rates=NEW_BASELINE,
        reason="The home’s yearly price letter: 4% more from 1 April 2026.",
        by=parties.officer,
        clock=_at(27, 10),
    )
    cohort.record(contract=contract, facts=[NEW_CHILD, NEW_CHILD_LIVES], by=parties.officer, clock=_at(27, 11))


def _leave_travel_and_panel(contract: Contract, left_out: Mapping[str, Fact | Retraction], parties: Parties) -> None:
    """Mileage with its log, and a carer household that panel has approved."""
    facts = [left_out[PANEL], left_out[TRAVEL]]
    cohort.record(contract=contract, facts=facts, by=parties.provider_staff, clock=_at(30, 10))
    cohort.attach_evidence(
        contract=contract,
        kind="expense",
        fact=Expense.objects.get(contract=contract, reference=TRAVEL),
        files=[cohort.Upload("mileage-log-May.png", mileage_log())],
        by=parties.provider_staff,
        clock=_at(30, 11),
    )


def _at(day: int, hour: int) -> At:
    return At(datetime.combine(date(IN_HAND.year, IN_HAND.number, day), time(hour), LONDON))
