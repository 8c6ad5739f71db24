"""Files are written whole or not at all, under names made here, and read back only as they were."""

import hashlib
import os
from pathlib import Path

import pytest
from django.conf import LazySettings

from pbr_ledger.uploads import FileDamaged, keep, kept
from pbr_ledger.uploads.store import path_of
from tests.uploads import files


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


def test_bytes_come_back_as_they_were(folder: Path) -> None:
    name = keep(files.PDF)
    assert kept(name, sha256=hashlib.sha256(files.PDF).hexdigest()) == files.PDF
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [name]
    assert oct(path_of(name).stat().st_mode)[-3:] == "600"


def test_changed_or_missing_file_is_named_and_not_given_out() -> None:
    name = keep(files.PDF)
    digest = hashlib.sha256(files.PDF).hexdigest()
    path_of(name).write_bytes(files.PDF + b" ")
    with pytest.raises(FileDamaged, match="not what it was"):
        kept(name, sha256=digest)
    path_of(name).unlink()
    with pytest.raises(FileDamaged, match="missing"):
        kept(name, sha256=digest)


def test_disk_that_fails_in_the_middle_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep(files.PDF)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 16, "ab" * 16 + "\n", "ab" * 15])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a kept file"):
        path_of(name)
