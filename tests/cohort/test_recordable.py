"""Asking whether facts could be recorded without recording them, and not overwriting what one has not seen."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort import services
from cohort.core.facts import Placement, Retraction
from cohort.models import ChildVersion, Contract, PlacementVersion
from cohort.queries import child_history, identity_of, keys_of
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Problem, Refused
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import CHILD, CLAIM, FOSTERING, NOTICE, RESIDENTIAL, RESIDENTIAL_ENDED, Parties

AUGUST = datetime(2025, 8, 4, tzinfo=UTC)
JANUARY = datetime(2026, 1, 19, tzinfo=UTC)
LATER = datetime(2026, 1, 20, tzinfo=UTC)


def test_asking_writes_nothing(contract: Contract, record: Record, parties: Parties):
    record(CHILD, RESIDENTIAL)
    before = (PlacementVersion.objects.count(), AuditEvent.objects.count(), contract.last_stamped_at)
    ended = [RESIDENTIAL_ENDED, replace(FOSTERING, household=None)]
    services.require_recordable(contract=contract, facts=ended, by=parties.officer)
    assert (PlacementVersion.objects.count(), AuditEvent.objects.count(), contract.last_stamped_at) == before


def test_asking_refuses_what_recording_refuses(contract: Contract, record: Record, parties: Parties):
    record(CHILD, RESIDENTIAL)
    overlap = [replace(FOSTERING, household=None)]
    with pytest.raises(Refused) as refused:
        services.require_recordable(contract=contract, facts=overlap, by=parties.officer)
    assert refused.value.problems == [Problem("facts[0].from", "placement C01-F0 overlaps placement C01-R0")]
    with pytest.raises(NotPermitted):
        services.require_recordable(contract=contract, facts=[CHILD], by=parties.provider_staff)
    with pytest.raises(NotFound):
        services.require_recordable(contract=contract, facts=[CHILD], by=parties.agent_administrator)


def test_what_was_recorded_since_one_looked_is_not_overwritten(contract: Contract, record: Record, parties: Parties):
    record(CHILD, RESIDENTIAL, at=AUGUST)
    seen = contract.last_stamped_at
    assert seen is not None
    record(replace(RESIDENTIAL, setting="unregistered"), at=JANUARY)
    mine = replace(RESIDENTIAL, until=date(2026, 1, 19), ended="planned")
    for attempt in (services.require_recordable, services.record):
        clock = {"clock": StatedClock([LATER])} if attempt is services.record else {}
        with pytest.raises(services.ChangedMeanwhile) as refused:
            attempt(contract=contract, facts=[mine], by=parties.officer, as_seen_at=seen, **clock)
        assert str(refused.value) == (
            "Somebody has recorded placement C01-R0 since this page was opened. Open it again and look."
        )
    assert PlacementVersion.objects.get(superseded_at=None).setting == "unregistered"
    unseen_of_others = replace(CHILD, left=date(2026, 6, 1))
    services.record(
        contract=contract, facts=[unseen_of_others], by=parties.officer, clock=StatedClock([LATER]), as_seen_at=seen
    )
    assert ChildVersion.objects.get(superseded_at=None).left == date(2026, 6, 1)


def test_a_child_has_the_versions_of_all_its_facts_retracted_ones_too(
    contract: Contract, record: Record, parties: Parties
):
    record(CHILD, RESIDENTIAL, replace(CHILD, id="C02"), at=AUGUST)
    family = replace(FOSTERING, household=None)
    record(RESIDENTIAL_ENDED, family, CLAIM, NOTICE, at=JANUARY)
    record(Retraction("extra_cost", NOTICE.id), at=LATER)
    child = identity_of(contract=contract, kind="child", key=keys_of(contract=contract, kind="child")["C01"])
    found = {
        each.reference: [version.content for version in each.versions]
        for each in child_history(contract=contract, child=child)
    }
    assert found == {
        "C01": [CHILD],
        "C01-F0": [family],
        "C01-R0": [RESIDENTIAL, RESIDENTIAL_ENDED],
        "C01-T0": [CLAIM],
        "C01-N": [NOTICE, Retraction("extra_cost", "C01-N")],
    }


def test_a_history_takes_as_many_queries_however_long_it_is(contract: Contract, record: Record, parties: Parties):
    record(CHILD, RESIDENTIAL, at=AUGUST)
    child = identity_of(contract=contract, kind="child", key=keys_of(contract=contract, kind="child")["C01"])
    with CaptureQueriesContext(connection) as one:
        child_history(contract=contract, child=child)
    record(*(home(number) for number in range(30)), at=JANUARY)
    with CaptureQueriesContext(connection) as thirty:
        assert len(child_history(contract=contract, child=child)) == 32
    assert len(thirty) == len(one) == 10


def home(number: int) -> Placement:
    day = date(2020, 1, 1 + number)
    until = date(2020, 1, 2 + number) if number < 30 else date(2020, 2, 1)
    return replace(
        RESIDENTIAL,
        id=f"C01-R{number + 1}",
        start=day,
        until=until,
        ended="planned",
        costs=(replace(sample.RESIDENTIAL.costs[0], start=day),),
    )


def test_a_key_of_another_contract_names_nothing(contract: Contract, record: Record, parties: Parties):
    record(CHILD)
    other = sample.contract_of(parties, "X99")
    key = keys_of(contract=contract, kind="child")["C01"]
    assert identity_of(contract=other, kind="child", key=key) is None
    assert keys_of(contract=other, kind="child") == {}
