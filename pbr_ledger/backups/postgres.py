"""PostgreSQL's own programs for dumps: those of the server's version, or else the newest at hand."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from pbr_ledger.backups.manifest import BackupError
from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.postgres import WHEEL, Programs

NOT_KEPT = ("django_session", "usersessions_usersession", "shared_cache", "oauth2_provider_accesstoken")
"""Whose rows a backup leaves out: whoever was signed in signs in again, and a stolen backup signs nobody in."""
DEBIANS = Path("/usr/lib/postgresql")
"""Where Debian has the programs of each major version, whichever of them is in PATH."""


@contextmanager
def session(database: Mapping[str, Any]) -> Iterator["psycopg.Connection[Any]"]:
    """A connection to that database, by Django's settings of it. Raises `BackupError` when it cannot be read."""
    where = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    given = {name: database[key] for name, key in where.items() if database[key]}
    try:
        with psycopg.connect(**given, **tls_of(database), connect_timeout=10) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise BackupError(f"The database cannot be read as {database['USER']}: {error}") from error


def dump(database: Mapping[str, Any], *, snapshot: str, into: Path) -> None:
    """Dump what the snapshot of that database shows, in PostgreSQL's custom format. Raises `BackupError`."""
    left_out = [f"--exclude-table-data=public.{table}" for table in NOT_KEPT]
    options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={into}", *left_out]
    _run("pg_dump", database, [*options, f"--dbname={database['NAME']}"])


def load(database: Mapping[str, Any], *, dumped: Path) -> None:
    """Load the dump into the database, all of it or nothing. Raises `BackupError`."""
    options = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database['NAME']}", str(dumped)]
    _run("pg_restore", database, options)


def path_of(program: str, *, server: int) -> str:
    """Where the program for a server of this major version stands: that version's own, else the newest at hand.

    A newer one reads the servers and the dumps of all earlier versions, but an earlier server does not take what a
    newer one loads. Raises `BackupError` when there is none.
    """
    try:
        bundled = [str(Programs.installed().path(program))]
    except ProvisionError:
        bundled = []
    installed = [found] if (found := shutil.which(program)) else []
    paths = [
        path for path in (*bundled, *installed, str(DEBIANS / str(server) / "bin" / program)) if Path(path).exists()
    ]
    if not paths:
        raise BackupError(f"{program} is not here: install PostgreSQL's client programs.")
    versions = {path: _version(path) for path in paths}
    return max(paths, key=lambda path: (versions[path][:1] == (server,), versions[path]))


def tls_of(database: Mapping[str, Any]) -> dict[str, Any]:
    """How the server's certificate is looked at, in libpq's words; nothing where TLS is not asked for."""
    return {word: value for word, value in database["OPTIONS"].items() if word in settings.TLS_WORDS}


def _run(program: str, database: Mapping[str, Any], arguments: Sequence[str]) -> None:
    """Run the program; the password goes by the environment, where no list of processes shows it."""
    with session(database) as connection:
        server = connection.info.server_version // 10_000
    path = path_of(program, server=server)
    command, environ = [path, "--no-password", *arguments], environ_of(database, path)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603 - ours
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[:2000]}{_other_version(path, server)}")


def environ_of(database: Mapping[str, Any], path: str) -> dict[str, str]:
    """The environment in which the program at `path` reaches that database, over TLS where it is asked for."""
    address = {"PGHOST": database["HOST"], "PGPORT": database["PORT"], "PGUSER": database["USER"]}
    secret = {"PGPASSWORD": database["PASSWORD"]}
    given = {name: str(value) for name, value in (address | secret).items() if value}
    tls = {f"PG{word.upper()}": value for word, value in tls_of(database).items()}
    found = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"}
    return found | given | tls | (_with_tls(path) if tls else {})


def _other_version(path: str, server: int) -> str:
    """A hint where the program is not of the server's version."""
    (program, *_) = _version(path) or (server,)
    return (
        ""
        if program == server
        else (f"\nThe server is PostgreSQL {server}, {path} of {program}: install the client programs of {server}.")
    )


def _with_tls(path: str) -> dict[str, str]:
    """What has to be in the environment so that the program speaks TLS.

    Those of the embedded server were built without it. psycopg brings PostgreSQL's client library with it, of the same
    major version and built with TLS: the program uses that instead of its own.
    """
    found = sorted(Path(psycopg.__file__).parent.with_name("psycopg_binary.libs").glob("libpq-*.so*"))
    if not found or WHEEL not in Path(path).parts:
        return {}
    return {"LD_PRELOAD": str(found[0])}


def _version(path: str) -> tuple[int, ...]:
    """`pg_dump (PostgreSQL) 18.4 (Debian …)` as (18, 4)."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    found = re.search(r"\) (\d+)(?:\.(\d+))?", said)
    return tuple(int(number or 0) for number in found.groups()) if found else ()
