"""Single corrections: a claim's status, a breakdown."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cohort import services
from cohort.models import Contract
from cohort.queries import current_facts
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties

MARCH = datetime(2026, 3, 4, tzinfo=UTC)


def test_council_agrees_a_claim_and_the_provider_does_not(contract: Contract, parties: Parties, record: Record) -> None:
    record(*sample.MOVE)
    sample.agree_baseline(contract, parties)
    decision: dict[str, Any] = {
        "contract": contract,
        "claim": "C01-T0",
        "status": "agreed",
        "clock": StatedClock([MARCH]),
    }

    with pytest.raises(NotPermitted):
        services.set_claim_status(**decision, by=parties.provider_staff)
    assert services.set_claim_status(**decision, by=parties.officer) == MARCH
    assert current_facts(contract).claims == {"C01-T0": sample.AGREED}


def test_provider_reports_a_breakdown(contract: Contract, parties: Parties, record: Record) -> None:
    record(*sample.MOVE)
    report: dict[str, Any] = {
        "contract": contract,
        "placement": "C01-F0",
        "by": parties.provider_staff,
        "clock": StatedClock([MARCH]),
    }

    with pytest.raises(Refused, match=r"^facts\[0\]\.until: the period is empty or runs backwards"):
        services.report_breakdown(**report, until=date(2026, 1, 19))
    assert services.report_breakdown(**report, until=date(2026, 3, 2)) == MARCH
    assert current_facts(contract).placements["C01-F0"] == sample.FOSTERING_BROKEN_DOWN


def test_what_is_not_there_is_not_found_nor_by_an_outsider(
    contract: Contract, parties: Parties, record: Record
) -> None:
    record(*sample.MOVE)
    clock = StatedClock([MARCH])
    for by, claim in [(parties.officer, "C02-T0"), (parties.agent_administrator, "C01-T0")]:
        with pytest.raises(NotFound):
            services.set_claim_status(contract=contract, claim=claim, status="queried", by=by, clock=clock)
    with pytest.raises(NotFound):
        services.report_breakdown(
            contract=contract, placement="C02-F0", until=date(2026, 3, 2), by=parties.officer, clock=clock
        )
