"""The broker of these tests: a folder of each test's own, so that no message of a test reaches a real worker."""

from pathlib import Path

import pytest

from pbr_ledger.jobs import broker
from tests.jobs import kinds


@pytest.fixture(scope="session", autouse=True)
def registered_kinds() -> None:
    """The kinds of the tests."""
    kinds.register_all()


@pytest.fixture(autouse=True)
def broker_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which messages of this test's process arrive: that of a worker whose PBR_VAR_DIR is `tmp_path`."""
    folder = tmp_path / "broker"
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "polling_interval": 0.1}
    send_to(monkeypatch, url="folder://", options=options)
    return folder


def send_to(monkeypatch: pytest.MonkeyPatch, *, url: str, options: dict[str, object] | None = None) -> None:
    """Point this process at another broker, as its settings would."""
    monkeypatch.setitem(broker.app.conf, "broker_url", url)
    monkeypatch.setitem(broker.app.conf, "broker_transport_options", options or {})
    monkeypatch.setattr(broker._Silence, "until", float("-inf"))
