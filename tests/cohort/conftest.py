"""A contract with its parties, for every test here that works on rows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cohort import services
from cohort.core.facts import Fact, Retraction
from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from tests.cohort import sample
from tests.cohort.sample import Parties
from tests.stage import Stage

Record = Callable[..., tuple[datetime, ...]]


@pytest.fixture
def parties(stage: Stage) -> Parties:
    """The organisations and their people."""
    return stage.of(sample.parties)


@pytest.fixture
def contract(parties: Parties) -> Contract:
    """A contract whose terms were recorded on 29 July 2025 at midnight UTC."""
    contract = sample.contract_of(parties)
    clock = StatedClock([datetime(2025, 7, 29, tzinfo=UTC)])
    services.record_terms(contract=contract, terms=sample.TERMS, by=parties.lead_accountant, clock=clock)
    return contract


@pytest.fixture
def record(contract: Contract, parties: Parties) -> Record:
    """Records facts of the contract, the first at the instant `at`, each further one a second later."""

    def recorded(
        *facts: Fact | Retraction, at: datetime = datetime(2025, 8, 4, tzinfo=UTC), by: Person = parties.officer
    ) -> tuple[datetime, ...]:
        instants = [at + timedelta(seconds=position) for position in range(len(facts))]
        return services.record(contract=contract, facts=facts, by=by, clock=StatedClock(instants))

    return recorded
