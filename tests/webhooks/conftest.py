"""A contract with issued invoices, everybody's receivers on this machine, and a message folder of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.invoicing.settling import World, of_late_breakdown
from tests.jobs.conftest import send_to
from tests.stage import Stage
from tests.webhooks.receiver import Receiver, listening


@pytest.fixture(autouse=True)
def _here_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """Receivers are on this machine; messages about jobs go to a folder of the test, never to a real worker."""
    settings.WEBHOOKS_LOOPBACK = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    folder = str(tmp_path / "broker")
    options = {"data_folder_in": folder, "data_folder_out": folder, "polling_interval": 0.1}
    send_to(monkeypatch, url="folder://", options=options)


@pytest.fixture
def world(stage: Stage) -> World:
    """The contract."""
    return stage.of(of_late_breakdown)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody's program."""
    with listening() as found:
        yield found
