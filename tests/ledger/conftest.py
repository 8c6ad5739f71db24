"""Contracts with closed months in PostgreSQL, and a broker of the tests' own."""

from pathlib import Path

import pytest

from cohort.models import Contract
from savings.services import Parties
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
def parties(stage: Stage) -> Parties:
    """The organisations and their people."""
    return stage.of(ledger.parties)


@pytest.fixture
def contract(parties: Parties) -> Contract:
    """A contract with six closed months: a breakdown that was reported late, so that fees come back."""
    return ledger.load(ledger.scenario("breakdown-reported-late"), parties)
