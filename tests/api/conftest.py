"""A contract with invoices in several statuses, another one of other parties, and a client of each organisation."""

import os
from pathlib import Path

import pytest

from tests.api.programs import Ground, ground
from tests.jobs.conftest import send_to

# It takes many minutes, and is run when it is asked for: CONTRIBUTING.md.
collect_ignore = [] if os.environ.get("PBR_API_EXAMPLES") else ["test_schema_at_length.py"]


@pytest.fixture(autouse=True)
def _broker_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages about jobs go to a folder of the test, never to a real worker."""
    folder = str(tmp_path / "broker")
    options = {"data_folder_in": folder, "data_folder_out": folder, "polling_interval": 0.1}
    send_to(monkeypatch, url="folder://", options=options)


@pytest.fixture(autouse=True)
def _fast_secrets(settings) -> None:
    """Secrets hash fast here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def here(transactional_db: None) -> Ground:
    """Everything committed, as programs of different databases' roles look at it."""
    return ground()
