"""Which of PostgreSQL's programs make and load a dump: an earlier server does not take what a later one's load."""

from pathlib import Path

import pytest

from pbr_ledger.backups import postgres
from pbr_ledger.backups.postgres import path_of
from pbr_ledger.provision.postgres import Programs


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with the programs of PostgreSQL 15 and 17 beside those of the embedded server."""
    for version in ("15", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        program = folder / "pg_restore"
        program.write_text(f"#!/bin/sh\necho 'pg_restore (PostgreSQL) {version}.2 (Debian {version}.2-1)'\n")
        program.chmod(0o755)
    monkeypatch.setattr(postgres, "DEBIANS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_programs_of_the_servers_own_version_come_before_newer_ones(debian: Path) -> None:
    assert path_of("pg_restore", server=15) == str(debian / "15" / "bin" / "pg_restore")
    assert path_of("pg_restore", server=17) == str(debian / "17" / "bin" / "pg_restore")


def test_newest_are_taken_where_there_are_none_of_the_servers_version(debian: Path) -> None:
    bundled = str(Programs.installed().path("pg_restore"))
    assert path_of("pg_restore", server=18) == bundled
    assert path_of("pg_restore", server=16) == bundled
