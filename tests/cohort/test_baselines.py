"""A baseline counts once both sides have agreed it, and then changes only when both agree another one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from cohort import services
from cohort.core.facts import Rate
from cohort.models import BaselineAgreement, BaselineProposal, Contract
from cohort.queries import agreed_baselines, current_facts, versions_of
from cohort.services.baselines import AlreadyProposed
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from pbr_ledger.lifecycle import ActionNotPossible
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties

OLD = sample.CHILD.baseline
UPLIFTED = (*OLD, Rate(date(2026, 4, 1), 731_300, 10_000))


def clock(day: int = 4) -> StatedClock:
    return StatedClock(datetime(2026, 3, day, 9, second, tzinfo=UTC) for second in count())


@pytest.fixture
def recorded(contract: Contract, parties: Parties, record: Record) -> Contract:
    """A child whose baseline the council has recorded by itself."""
    record(sample.CHILD)
    return contract


@pytest.fixture
def agreed(recorded: Contract, parties: Parties) -> Contract:
    """The same, with the provider's agreement."""
    sample.agree_baseline(recorded, parties)
    return recorded


def propose(
    contract: Contract, by: Person, rates: Sequence[Rate] = UPLIFTED, day: int = 4, **changes: Any
) -> BaselineProposal:
    right = {"child": "C01", "reason": "Uplift of April", "clock": clock(day)}
    return services.propose_baseline(contract=contract, rates=rates, by=by, **{**right, **changes})


def baseline_of(contract: Contract) -> tuple[Rate, ...]:
    return current_facts(contract).children["C01"].baseline


def test_baseline_is_agreed_once_the_provider_has_agreed_what_it_read(recorded: Contract, parties: Parties) -> None:
    assert agreed_baselines(recorded) == {}
    agree: dict[str, Any] = {"contract": recorded, "child": "C01"}
    with pytest.raises(services.BaselineHasChanged, match="has changed since you read it"):
        services.agree_recorded_baseline(**agree, rates=UPLIFTED, by=parties.provider_staff, clock=clock())
    for by in (parties.officer, parties.auditor):
        with pytest.raises(NotPermitted):
            services.agree_recorded_baseline(**agree, rates=OLD, by=by, clock=clock())
    with pytest.raises(NotFound):
        services.agree_recorded_baseline(**agree, rates=OLD, by=parties.agent_administrator, clock=clock())

    services.agree_recorded_baseline(**agree, rates=OLD, by=parties.provider_staff, clock=clock())
    assert agreed_baselines(recorded) == {"C01": OLD}
    with pytest.raises(services.BaselineHasChanged, match="is agreed already"):
        services.agree_recorded_baseline(**agree, rates=OLD, by=parties.provider_staff, clock=clock(5))


def test_council_corrects_a_baseline_by_itself_only_until_it_is_agreed(
    recorded: Contract, parties: Parties, record: Record
) -> None:
    corrected = (Rate(date(2024, 3, 11), 700_000),)
    record(replace(sample.CHILD, baseline=corrected), at=datetime(2026, 2, 1, tzinfo=UTC))
    services.agree_recorded_baseline(
        contract=recorded, child="C01", rates=corrected, by=parties.provider_staff, clock=clock()
    )

    with pytest.raises(Refused, match=r"^facts\[0\]\.baseline: is agreed by both sides"):
        record(sample.CHILD, at=datetime(2026, 4, 1, tzinfo=UTC))
    left = replace(sample.CHILD, baseline=corrected, left=date(2026, 4, 1))
    record(left, at=datetime(2026, 4, 2, tzinfo=UTC))
    assert current_facts(recorded).children == {"C01": left}


@pytest.mark.parametrize(("proposer", "other"), [("officer", "provider_staff"), ("provider_staff", "officer")])
def test_one_side_proposes_and_the_other_agrees(agreed: Contract, parties: Parties, proposer: str, other: str) -> None:
    by, answerer = getattr(parties, proposer), getattr(parties, other)
    proposal = propose(agreed, by)
    assert baseline_of(agreed) == OLD
    with pytest.raises(NotPermitted):
        services.agree_baseline(proposal=proposal, by=by, clock=clock(5))

    at = services.agree_baseline(proposal=proposal, by=answerer, clock=clock(5))

    assert baseline_of(agreed) == UPLIFTED
    assert agreed_baselines(agreed) == {"C01": UPLIFTED}
    last = versions_of(contract=agreed, kind="child", reference="C01")[-1]
    assert (last.recorded_at, last.recorded_by) == (at, answerer)
    with pytest.raises(ActionNotPossible):
        services.agree_baseline(proposal=proposal, by=answerer, clock=clock(6))
    assert BaselineAgreement.objects.count() == 2


def test_nothing_else_of_the_child_changes_by_agreeing(agreed: Contract, parties: Parties, record: Record) -> None:
    proposal = propose(agreed, parties.officer)
    left = replace(sample.CHILD, left=date(2026, 8, 1))
    record(left, at=datetime(2026, 3, 5, tzinfo=UTC))
    services.agree_baseline(proposal=proposal, by=parties.provider_staff, clock=clock(6))
    assert current_facts(agreed).children == {"C01": replace(left, baseline=UPLIFTED)}


def test_provider_still_records_no_child(agreed: Contract, parties: Parties, record: Record) -> None:
    with pytest.raises(NotPermitted):
        record(sample.CHILD, at=datetime(2026, 3, 5, tzinfo=UTC), by=parties.provider_staff)


def test_declined_with_a_reason_or_taken_back_the_baseline_stays(agreed: Contract, parties: Parties) -> None:
    first = propose(agreed, parties.officer)
    with pytest.raises(AlreadyProposed, match="is proposed already"):
        propose(agreed, parties.provider_staff, day=5)
    with pytest.raises(Refused, match="say why"):
        services.decline_baseline(proposal=first, reason=" ", by=parties.provider_staff, clock=clock(5))
    with pytest.raises(NotPermitted):
        services.decline_baseline(proposal=first, reason="no", by=parties.officer, clock=clock(5))
    services.decline_baseline(proposal=first, reason="Not the home’s price", by=parties.provider_staff, clock=clock(5))

    second = propose(agreed, parties.provider_staff, day=6)
    with pytest.raises(NotPermitted):
        services.withdraw_baseline(proposal=second, by=parties.officer, clock=clock(7))
    services.withdraw_baseline(proposal=second, by=parties.provider_staff, clock=clock(7))

    assert baseline_of(agreed) == OLD
    statuses = BaselineProposal.objects.order_by("pk").values_list("status", "decided_side", "decision_reason")
    assert list(statuses) == [("declined", "provider", "Not the home’s price"), ("withdrawn", "provider", "")]


@pytest.mark.parametrize(
    ("rates", "wrong"),
    [
        (OLD, "baseline: is the same as the one in force"),
        ((), "baseline: needs at least one rate"),
        ((Rate(date(2025, 8, 5), 700_000),), "baseline: the first rate begins on 5 August 2025"),
        ((Rate(date(2025, 8, 1), 1, 2),), "baseline[0].contribution: is more than the weekly amount"),
        ((Rate(date(2025, 8, 1), 10**20),), "baseline[0].weekly: is more than can be kept"),
    ],
)
def test_only_a_sound_and_different_baseline_is_proposed(
    agreed: Contract, parties: Parties, rates: tuple[Rate, ...], wrong: str
) -> None:
    with pytest.raises(Refused) as refused:
        propose(agreed, parties.officer, rates)
    assert str(refused.value).startswith(wrong)
    with pytest.raises(Refused, match=r"^reason: say why"):
        propose(agreed, parties.officer, reason="")
    with pytest.raises(NotFound):
        propose(agreed, parties.officer, child="C09")
    with pytest.raises(NotFound):
        propose(agreed, parties.agent_administrator)
    with pytest.raises(NotPermitted):
        propose(agreed, parties.auditor)
    assert not BaselineProposal.objects.exists()


def test_baselines_of_a_loaded_contract_count_as_agreed(recorded: Contract, parties: Parties) -> None:
    for by in (parties.provider_staff, parties.auditor):
        with pytest.raises(NotPermitted):
            services.note_loaded_baselines(contract=recorded, by=by)
    services.note_loaded_baselines(contract=recorded, by=parties.officer)
    assert agreed_baselines(recorded) == {"C01": OLD}
    row = BaselineAgreement.objects.get()
    recorded.refresh_from_db()
    assert (row.because, row.agreed_by, row.agreed_at) == ("loaded", parties.officer, recorded.last_stamped_at)
