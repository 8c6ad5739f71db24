"""The broker's password is given apart, and Celery's own commands come in with it: workers and scheduler are such."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.processes import PROJECT, redis_server

PASSWORD = "p@ss/word:9"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """Where a Redis listens that asks for the password."""
    with redis_server(folder=tmp_path, password=PASSWORD) as url:
        yield url


def test_celery_comes_in_with_the_password_that_is_given_apart(guarded: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "pbr_ledger.celery", "purge", "--force"]

    def purged(name: str) -> "subprocess.CompletedProcess[str]":
        given = {"BROKER_URL": guarded, "BROKER_PASSWORD_FILE": str(tmp_path / name), "SECRET_KEY": "k"}
        environ = os.environ | given
        return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)

    done = purged("password")
    assert (done.returncode, "No messages purged" in done.stdout) == (0, True), done.stderr
    (tmp_path / "wrong").write_text("wrong")
    assert purged("wrong").returncode != 0
