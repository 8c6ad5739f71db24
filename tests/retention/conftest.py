"""A contract that is over, one next to it, and what both hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import _broker_folder, _fast_secrets
from tests.retention.ground import Ground, ground, on_the_day

__all__ = ["_broker_folder", "_fast_secrets"]


@pytest.fixture
def here(transactional_db: None, settings, tmp_path: Path) -> Ground:
    """Everything committed, with real files."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return ground()


@pytest.fixture
def in_2033() -> Iterator[None]:
    """Six years and more after the end of the contracts."""
    with on_the_day("2033-01-01"):
        yield
