"""`python -m pbr_ledger.provision run [--demo|--test] [--with-worker] -- COMMAND…`: a command with all it needs."""

import argparse
import fcntl
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pbr_ledger.provision import demonstration
from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.postgres import EmbeddedPostgres, urls_given, var_folder
from pbr_ledger.provision.supervise import Companion, Stopped, run, stop_on_signals

DATABASE = "pbr_ledger"
PYTHON = sys.executable
MANAGE = str(Path(__file__).resolve().parent.parent.parent / "manage.py")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command that was run; 1 if the machine could not be got ready for it."""
    given = _parser().parse_args(arguments)
    if not given.command:
        _parser().error("name a command after --")
    try:
        with stop_on_signals(), ExitStack() as stack:
            return _run(given, stack)
    except Stopped as stop:
        return 128 + stop.number
    except ProvisionError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pbr_ledger.provision", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="run")
    run_parser = commands.add_parser("run", help="start a database server where none is named, and run a command")
    purpose = run_parser.add_mutually_exclusive_group()
    purpose.add_argument("--demo", action="store_true", help="an empty database of the demonstration's own, PBR_DEMO=1")
    purpose.add_argument("--test", action="store_true", help="the test server: fast, and its data may be lost")
    run_parser.add_argument("--with-worker", action="store_true", help="a worker and the dispatcher beside the command")
    run_parser.add_argument("command", nargs="*", metavar="-- COMMAND…", help="what to run; manage.py finds its Python")
    return parser


def _run(given: argparse.Namespace, stack: ExitStack) -> int:
    environ = dict(os.environ)
    var = var_folder(environ)
    environ["PBR_VAR_DIR"] = str(var)
    if not environ.get("SECRET_KEY"):
        environ["SECRET_KEY"] = _kept_secret_key(var / "secret-key")
    if given.demo:
        environ["PBR_DEMO"] = "1"
    if given.test:
        environ.setdefault("PBR_HTTPS", "false")
    embedded = not urls_given(environ)
    if embedded:
        environ.update(stack.enter_context(_database(var, demo=given.demo, test=given.test)))
    if given.with_worker and embedded:
        _migrate(environ)
    return run(_with_python(given.command), _companions(var) if given.with_worker else [], environ)


@contextmanager
def _database(var: Path, *, demo: bool, test: bool) -> Iterator[Mapping[str, str]]:
    """The URLs of a database on the embedded server, while it runs."""
    server = EmbeddedPostgres(var / ("test-postgres" if test else "postgres"), durable=not test)
    name = demonstration.DATABASE if demo else DATABASE
    with ExitStack() as stack:
        if demo:
            stack.enter_context(_only_demonstration(var))
        server.start()
        stack.callback(server.stop)
        server.make_database(name, afresh=demo)
        yield server.urls(name)


@contextmanager
def _only_demonstration(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.in-use").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProvisionError(f"Another demonstration is running in {var}. Stop it first, or wait for it.") from None
        yield


def _kept_secret_key(path: Path) -> str:
    """The key that signs sessions, made once and kept for its owner alone. A deployment sets SECRET_KEY instead."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


def _migrate(environ: Mapping[str, str]) -> None:
    """Brings the tables up to date, as their owner. On a server of your own that is the operator's decision."""
    command = [PYTHON, MANAGE, "migrate", "--database", "owner", "--no-input", "--verbosity", "0"]
    if subprocess.run(command, env=dict(environ), check=False).returncode:
        raise ProvisionError("The database could not be migrated; see above.")


def _companions(var: Path) -> list[Companion]:
    worker = [PYTHON, "-m", "celery", "-A", "pbr_ledger.celery", "worker", "-P", "solo", "--loglevel", "INFO"]
    dispatcher = [PYTHON, MANAGE, "dispatch"]
    logs = var / "log"
    return [
        Companion("worker", worker, logs / "worker.log"),
        Companion("dispatcher", dispatcher, logs / "dispatcher.log"),
    ]


def _with_python(command: Sequence[str]) -> Sequence[str]:
    """`manage.py …` and `python …` run in this Python, whichever was activated."""
    if command[0] == "manage.py":
        return [PYTHON, MANAGE, *command[1:]]
    if command[0] == "python":
        return [PYTHON, *command[1:]]
    return command


if __name__ == "__main__":
    sys.exit(main())
