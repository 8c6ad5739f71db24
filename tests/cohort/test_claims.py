"""Claims with what is said about them, and who takes which step."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from cohort import services
from cohort.core.facts import Claim
from cohort.models import ClaimNote, Contract
from cohort.queries import current_facts
from cohort.queries.claims import claim_facts, conversation
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from pbr_ledger.lifecycle import ActionNotPossible
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties

MOVED = tuple(fact for fact in sample.MOVE if fact.kind != "claim")


def clock(day: int = 4) -> StatedClock:
    return StatedClock(datetime(2026, 3, day, 9, second, tzinfo=UTC) for second in count())


@pytest.fixture
def moved(contract: Contract, parties: Parties, record: Record) -> Contract:
    """A child has moved, its baseline is agreed, and nothing is claimed yet."""
    record(*MOVED)
    sample.agree_baseline(contract, parties)
    return contract


def submitted(contract: Contract, parties: Parties, **changes: Any) -> str:
    right = {"placement": "C01-F0", "text": "Moved on 19 January", "by": parties.provider_staff, "clock": clock()}
    return services.submit_claim(contract=contract, **{**right, **changes}).reference


def act(contract: Contract, by: Person, action: str, text: str = "", day: int = 5) -> datetime:
    return services.act_on_claim(contract=contract, claim="C01-T1", action=action, text=text, by=by, clock=clock(day))


def test_claim_is_queried_answered_and_agreed_and_everything_said_stays_in_order(
    moved: Contract, parties: Parties
) -> None:
    assert submitted(moved, parties) == "C01-T1"
    act(moved, parties.officer, "query", "Where is the placement plan?", day=5)
    services.write_to_claim(
        contract=moved, claim="C01-T1", text="It comes tomorrow.", by=parties.provider_staff, clock=clock(6)
    )
    act(moved, parties.provider_staff, "answer", "Attached now.", day=7)
    act(moved, parties.officer, "agree", day=8)

    assert current_facts(moved).claims == {"C01-T1": Claim("C01-T1", "C01-F0", "agreed")}
    assert [(each.by.full_name, each.at.day, each.status, each.text) for each in conversation(moved, "C01-T1")] == [
        ("Pro Vider", 4, "submitted", "Moved on 19 January"),
        ("Fin Fines", 5, "queried", "Where is the placement plan?"),
        ("Pro Vider", 6, "", "It comes tomorrow."),
        ("Pro Vider", 7, "submitted", "Attached now."),
        ("Fin Fines", 8, "agreed", ""),
    ]


def test_words_are_in_no_row_of_the_activity_log(moved: Contract, parties: Parties) -> None:
    submitted(moved, parties, text="Canary words")
    services.write_to_claim(
        contract=moved, claim="C01-T1", text="More canary words", by=parties.officer, clock=clock(6)
    )
    said = "".join(f"{event.subject}{event.detail}" for event in AuditEvent.objects.all())
    assert "anary" not in said
    assert AuditEvent.objects.filter(action="claim.message", subject="claim C01-T1").count() == 1


@pytest.mark.parametrize("action", ["query", "reject"])
def test_council_says_why_it_does_not_agree(moved: Contract, parties: Parties, action: str) -> None:
    submitted(moved, parties)
    with pytest.raises(Refused) as refused:
        act(moved, parties.officer, action, " ")
    assert [str(problem) for problem in refused.value.problems] == ["text: Say why"]
    assert current_facts(moved).claims["C01-T1"].status == "submitted"


def test_each_side_takes_its_own_steps_and_others_none(moved: Contract, parties: Parties) -> None:
    submitted(moved, parties)
    for by, action in [
        (parties.provider_staff, "agree"),
        (parties.provider_staff, "query"),
        (parties.provider_staff, "reject"),
        (parties.officer, "withdraw"),
        (parties.officer, "answer"),
        (parties.auditor, "agree"),
        (parties.provider_staff, "no such step"),
    ]:
        with pytest.raises(NotPermitted):
            act(moved, by, action, "why")
    with pytest.raises(NotFound):
        act(moved, parties.agent_administrator, "agree")
    with pytest.raises(NotPermitted):
        submitted(moved, parties, by=parties.officer)
    with pytest.raises(NotPermitted):
        services.agree_move(contract=moved, placement="C01-F0", text="x", by=parties.provider_staff, clock=clock())
    assert ClaimNote.objects.count() == 1


def test_claim_that_has_moved_on_is_not_decided_from_an_old_page(moved: Contract, parties: Parties) -> None:
    submitted(moved, parties)
    act(moved, parties.provider_staff, "withdraw", "The wrong child", day=5)
    with pytest.raises(ActionNotPossible, match="A claim that is withdrawn cannot be changed by “agree”"):
        act(moved, parties.officer, "agree", day=6)
    assert submitted(moved, parties, clock=clock(7)) == "C01-T2"


def test_placement_has_one_live_claim(moved: Contract, parties: Parties) -> None:
    submitted(moved, parties)
    with pytest.raises(services.AlreadyClaimed, match="claimed already, by claim C01-T1"):
        submitted(moved, parties, clock=clock(5))
    with pytest.raises(services.AlreadyClaimed):
        services.agree_move(contract=moved, placement="C01-F0", text="x", by=parties.officer, clock=clock(5))
    act(moved, parties.officer, "reject", "No plan", day=6)
    assert submitted(moved, parties, clock=clock(7)) == "C01-T2"


def test_only_placements_in_families_are_claimed(moved: Contract, parties: Parties) -> None:
    with pytest.raises(Refused, match="the setting of placement C01-R0 is no family setting then"):
        submitted(moved, parties, placement="C01-R0")
    with pytest.raises(Refused, match="choose a placement from the list"):
        submitted(moved, parties, placement="C09-F0")


def test_officer_agrees_a_move_at_once(moved: Contract, parties: Parties) -> None:
    claim = services.agree_move(
        contract=moved, placement="C01-F0", text="Agreed at the review", by=parties.officer, clock=clock()
    )
    assert current_facts(moved).claims == {claim.reference: Claim("C01-T1", "C01-F0", "agreed")}
    assert [(said.status, said.text) for said in conversation(moved, "C01-T1")] == [("agreed", "Agreed at the review")]


def test_no_claim_is_agreed_before_both_sides_have_agreed_the_baseline(
    contract: Contract, parties: Parties, record: Record
) -> None:
    record(*MOVED)
    submitted(contract, parties)
    for attempt in [
        lambda: act(contract, parties.officer, "agree"),
        lambda: services.set_claim_status(
            contract=contract, claim="C01-T1", status="agreed", by=parties.officer, clock=clock(5)
        ),
    ]:
        with pytest.raises(services.BaselineNotAgreed, match="The baseline of child C01 is not agreed by both sides"):
            attempt()
    assert current_facts(contract).claims["C01-T1"].status == "submitted"

    sample.agree_baseline(contract, parties, at=datetime(2026, 3, 6, tzinfo=UTC))
    act(contract, parties.officer, "agree", day=7)
    assert current_facts(contract).claims["C01-T1"].status == "agreed"


def test_claim_rests_on_where_the_child_was_and_the_prices_of_the_first_night(
    moved: Contract, parties: Parties
) -> None:
    submitted(moved, parties)
    known = current_facts(moved)
    facts = claim_facts(known.claims["C01-T1"], known)
    assert facts is not None
    assert facts.before == sample.RESIDENTIAL_ENDED
    assert facts.after == sample.FOSTERING
    assert facts.household == sample.HOUSEHOLD
    assert facts.saving_pence == 700_000 - 78_500
    assert facts.after.start == date(2026, 1, 19)
