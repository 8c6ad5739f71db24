"""An installation with its first administrator."""

from datetime import UTC, datetime

import pytest

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from tests.stage import Stage


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> StatedClock:
    """A clock that says this instant, in UTC, once."""
    return StatedClock([datetime(year, month, day, hour, minute, tzinfo=UTC)])


@pytest.fixture
def administrator(stage: Stage) -> Person:
    """Administrator of the council since 1 July 2025."""
    return stage.of(installed)


def installed() -> Person:
    """The first administrator."""
    return services.install_first_administrator(
        organisation_name="Plymouth City Council",
        organisation_reference="plymouth",
        address="Ballard House",
        email="Ada@Plymouth.example",
        full_name="Ada Admin",
        password="a long enough pass phrase",
        clock=at(2025, 7, 1),
    )


@pytest.fixture
def officer(administrator: Person) -> Person:
    """A person of the council, without any role yet."""
    return services.create_person(
        organisation=administrator.organisation,
        email="fin@plymouth.example",
        full_name="Fin Fines",
        password=None,
        by=administrator,
        clock=at(2025, 7, 2),
    )
