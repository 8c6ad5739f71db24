"""Running the database server when we are root: PostgreSQL refuses to run as root, so it gets an account of its own."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pbr_ledger.provision.errors import ProvisionError

ACCOUNT_NAME = "pbr-postgres"
SEARCHABLE_BY_ALL = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
READABLE_BY_ALL = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account that the server's processes run as."""

    name: str
    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """The account to switch to for a server with data in `folder`; None means that we stay who we are.

    Only root switches: to whoever owns the data already, else to an account made for this purpose.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    entry = _entry_of(owner) if owner else _own_entry()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _entry_of(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise ProvisionError(
            f"The database folder belongs to user number {uid}, who has no account on this machine."
        ) from None


def _own_entry() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        _make_account()
        return pwd.getpwnam(ACCOUNT_NAME)


def _make_account() -> None:
    useradd = shutil.which("useradd", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))
    if useradd is None:
        raise ProvisionError(
            f"PostgreSQL does not run as root, and there is no useradd to make the account {ACCOUNT_NAME} with. "
            "Run this as an ordinary user."
        )
    made = subprocess.run(
        [
            *(useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"),
            *("--shell", "/usr/sbin/nologin", ACCOUNT_NAME),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    already_made = 9  # by another run, a moment ago
    if made.returncode not in {0, already_made}:
        raise ProvisionError(f"The account {ACCOUNT_NAME} for PostgreSQL could not be made: {made.stderr.strip()}")


def open_way_to(path: Path, account: Account) -> None:
    """Lets the account pass through every folder above `path`, but not list it; says which folders it opened.

    A checkout in root's private home is otherwise out of the server's reach.
    """
    for folder in path.parents:
        mode = folder.stat()
        if not _may_pass(mode, account):
            folder.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)
            print(f"Opened {folder} for passing through, not for listing: PostgreSQL runs below it.", file=sys.stderr)


def _may_pass(folder: os.stat_result, account: Account) -> bool:
    if folder.st_uid == account.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == account.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def open_programs(folders: Iterable[Path]) -> None:
    """Lets everyone read and run the server's programs: a strict umask at installation hides them from its account."""
    for top in folders:
        for path in (top, *top.rglob("*")):
            if not path.is_symlink():
                _open_program(path)


def _open_program(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    wanted = mode | READABLE_BY_ALL
    if path.is_dir() or mode & stat.S_IXUSR:
        wanted |= SEARCHABLE_BY_ALL
    if wanted != mode:
        path.chmod(wanted)
