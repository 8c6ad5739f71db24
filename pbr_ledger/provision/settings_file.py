"""The configuration file of the embedded server, and where its socket stands."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from pbr_ledger.provision.account import Account
from pbr_ledger.provision.errors import ProvisionError

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # what the shortest-tempered of our systems takes; Linux takes 107

_COMMON = """\
# Written anew at each start by pbr_ledger/provision; changes made here are lost.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_senders = 0
wal_level = minimal
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
"""
# A power cut may cost a test database, never a ledger.
_EXPENDABLE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
log_min_messages = fatal
log_min_error_statement = panic
"""


def settings_text(socket_folder: Path, *, durable: bool) -> str:
    """The text of postgresql.conf. `durable=False` gives up safety for speed: for tests alone."""
    quoted = str(socket_folder).replace("'", "''")
    sockets = f"unix_socket_directories = '\"{quoted}\"'\n"
    return _COMMON + sockets + ("" if durable else _EXPENDABLE)


def socket_folder_of(folder: Path) -> Path:
    """Where the server with data in `folder` has its socket: in that folder, unless its path does not suit one.

    A socket's path has to be short; a comma in it would separate two hosts, and quotes end it.
    """
    path = str(folder / SOCKET_NAME)
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not set(path) & set("\",'"):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"pbr-ledger-{digest}"


def make_socket_folder(socket_folder: Path, account: Account | None) -> None:
    """Makes the folder private to the server's account, and refuses one that somebody else made under its name."""
    wanted = os.geteuid() if account is None else account.uid
    try:
        socket_folder.mkdir(mode=0o700)
    except FileExistsError:
        found = socket_folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted or stat.S_IMODE(found.st_mode) & 0o077:
            raise ProvisionError(
                f"{socket_folder} is wanted for the database's socket, but is not a private folder of its account. "
                "Remove it, or set TMPDIR or PBR_VAR_DIR to another folder."
            ) from None
        return
    if account is not None:
        os.chown(socket_folder, account.uid, account.gid)
