"""A broker of the tests' own."""

from pathlib import Path

import pytest

from tests.jobs import kinds
from tests.jobs.conftest import send_to


@pytest.fixture(scope="session", autouse=True)
def registered_kinds() -> None:
    """The kinds of the tests."""
    kinds.register_all()


@pytest.fixture(autouse=True)
def broker_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Messages about jobs go to a folder of the test, never to a real worker."""
    folder = tmp_path / "broker"
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "polling_interval": 0.1}
    send_to(monkeypatch, url="folder://", options=options)
    return folder
