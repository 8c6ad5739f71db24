"""`python -m pbr_ledger.provision run [--demo|--test] [--with-worker] -- COMMAND…`: a command with all it needs.

`python -m pbr_ledger.provision serve`: the whole ledger on one host, every process kept running.
`python -m pbr_ledger.provision only NAME`: one of its processes, for whatever keeps it running: `web`, `documents-2`.
`python -m pbr_ledger.provision alive NAME`: whether the worker, the scheduler or the dispatcher goes about its work.
"""

import argparse
import fcntl
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from pbr_ledger.provision import demonstration, processes
from pbr_ledger.provision.alive import is_alive
from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.postgres import EmbeddedPostgres, urls_given, var_folder
from pbr_ledger.provision.processes import MANAGE, PYTHON
from pbr_ledger.provision.serve import keep_running
from pbr_ledger.provision.supervise import Companion, Stopped, run, stop_on_signals

DATABASE = "pbr_ledger"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command that was run; 1 if the machine could not be got ready for it."""
    given = _parser().parse_args(arguments)
    if given.what == "alive":
        return 0 if is_alive(given.name, var_folder(os.environ)) else 1
    if given.what == "run" and not given.command:
        _parser().error("name a command after --")
    try:
        if given.what == "only":
            _become(given.name)
        with stop_on_signals(), ExitStack() as stack:
            return _serve(given, stack) if given.what == "serve" else _run(given, stack)
    except Stopped as stop:
        return 128 + stop.number
    except ProvisionError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pbr_ledger.provision", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="what", metavar="run|serve|only|alive")
    run_parser = commands.add_parser("run", help="start a database server where none is named, and run a command")
    purpose = run_parser.add_mutually_exclusive_group()
    purpose.add_argument("--demo", action="store_true", help="an empty database of the demonstration's own, PBR_DEMO=1")
    purpose.add_argument("--test", action="store_true", help="the test server: fast, and its data may be lost")
    run_parser.add_argument("--with-worker", action="store_true", help="a worker and the dispatcher beside the command")
    run_parser.add_argument("command", nargs="*", metavar="-- COMMAND…", help="what to run; manage.py finds its Python")
    _add_serve(commands.add_parser("serve", help="the whole ledger on this host, every process kept running"))
    only = commands.add_parser("only", help="become one of its processes, for systemd to keep running")
    only.add_argument("name", help="web, documents, mail, webhooks, beat or dispatcher; documents-2 for a second one")
    alive = commands.add_parser("alive", help="exit with 0 if the process gave a sign of life within two minutes")
    alive.add_argument("name", choices=("web", "worker", "beat", "dispatcher"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    for kind in processes.ARGUMENTS:
        parser.add_argument(f"--{kind}", type=int, default=1, metavar="N", help=f"how many of {kind} (1)")
    parser.add_argument("--host", default="127.0.0.1", help="where the web server listens (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="its port; more web servers take the next ones (8000)")


def _serve(given: argparse.Namespace, stack: ExitStack) -> int:
    """Until a signal ends it. On the embedded server the tables are brought up to date first."""
    environ = _environ()
    var = Path(environ["PBR_VAR_DIR"])
    if not urls_given(environ):
        environ.update(stack.enter_context(_database(var, demo=False, test=False)))
        _migrate(environ)
    counts = {kind: getattr(given, kind) for kind in processes.ARGUMENTS}
    keep_running(processes.wanted(counts, host=given.host, port=given.port), environ, var / "serve")
    return 0


def _become(name: str) -> NoReturn:
    """That process in the place of this one, with the environment as it is."""
    process = processes.named(name, bind=os.environ.get("WEB_BIND") or "127.0.0.1:8000")
    os.chdir(processes.PROJECT)
    os.execve(process.command[0], list(process.command), os.environ | process.environ)  # noqa: S606 - our own


def _environ() -> dict[str, str]:
    """Ours, with the place where everything is written and a key that signs sessions."""
    environ = dict(os.environ)
    var = var_folder(environ)
    environ["PBR_VAR_DIR"] = str(var)
    if not (environ.get("SECRET_KEY") or environ.get("SECRET_KEY_FILE")):
        environ["SECRET_KEY"] = _kept_secret_key(var / "secret-key")
    return environ


def _run(given: argparse.Namespace, stack: ExitStack) -> int:
    environ = _environ()
    var = Path(environ["PBR_VAR_DIR"])
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
