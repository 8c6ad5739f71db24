"""The parties of the sample contract with the agent's clerk, and a broker of the tests' own."""

from pathlib import Path

import pytest

from savings.services import Parties
from tests.invoicing.settling import World, of_late_breakdown
from tests.jobs.conftest import send_to
from tests.savings import ledger
from tests.stage import Stage


@pytest.fixture(autouse=True)
def broker_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages about jobs go to a folder of the test, never to a real worker."""
    folder = str(tmp_path / "broker")
    options = {"data_folder_in": folder, "data_folder_out": folder, "polling_interval": 0.1}
    send_to(monkeypatch, url="folder://", options=options)


@pytest.fixture
def world(stage: Stage) -> World:
    """A contract whose four months are closed, the last with a credit; nothing is drafted yet."""
    return stage.of(of_late_breakdown)


@pytest.fixture
def parties(stage: Stage) -> Parties:
    """The organisations and their people."""
    return stage.of(ledger.parties)
