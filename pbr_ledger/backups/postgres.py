"""PostgreSQL's own programs for dumps: those on the machine or those of the embedded server, whichever are newer."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pbr_ledger.backups.manifest import BackupError
from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.postgres import Programs

NOT_KEPT = ("django_session", "usersessions_usersession", "shared_cache", "oauth2_provider_accesstoken")
"""Whose rows a backup leaves out: whoever was signed in signs in again, and a stolen backup signs nobody in."""


def dump(database: Mapping[str, Any], *, snapshot: str, into: Path) -> None:
    """Dump what the snapshot of that database shows, in PostgreSQL's custom format. Raises `BackupError`."""
    left_out = [f"--exclude-table-data=public.{table}" for table in NOT_KEPT]
    options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={into}", *left_out]
    _run("pg_dump", database, [*options, f"--dbname={database['NAME']}"])


def load(database: Mapping[str, Any], *, dumped: Path) -> None:
    """Load the dump into the database, all of it or nothing. Raises `BackupError`."""
    options = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database['NAME']}", str(dumped)]
    _run("pg_restore", database, options)


def _run(program: str, database: Mapping[str, Any], arguments: Sequence[str]) -> None:
    """Run the program; the password goes by the environment, where no list of processes shows it."""
    address = {"PGHOST": database["HOST"], "PGPORT": database["PORT"], "PGUSER": database["USER"]}
    secret = {"PGPASSWORD": database["PASSWORD"]}
    given = {name: str(value) for name, value in (address | secret).items() if value}
    environ = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"} | given
    command = [_path_of(program), "--no-password", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603 - ours
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[:2000]}")


def _path_of(program: str) -> str:
    """The newest at hand: it reads the dumps and the servers of all earlier versions."""
    try:
        bundled = [str(Programs.installed().path(program))]
    except ProvisionError:
        bundled = []
    installed = [found] if (found := shutil.which(program)) else []
    paths = [path for path in (*bundled, *installed) if Path(path).exists()]
    if not paths:
        raise BackupError(f"{program} is not here: install PostgreSQL's client programs.")
    return max(paths, key=_version)


def _version(path: str) -> tuple[int, ...]:
    """`pg_dump (PostgreSQL) 18.4 (Debian …)` as (18, 4)."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    found = re.search(r"\) (\d+)(?:\.(\d+))?", said)
    return tuple(int(number or 0) for number in found.groups()) if found else ()
