"""The ledger's processes, and the command of each: what the containers run is what `provision serve` and units run.

Every one may run several times, on several hosts. Only documents are worth it: they take the time.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pbr_ledger.provision.errors import ProvisionError


def python_of(prefix: Path, executable: Path) -> str:
    """The interpreter of the environment at `prefix` under the folder's own name, whatever links led to it.

    One that is started through a link to the release of the day would look for its libraries behind the link for as
    long as it runs, and find the next release's there. `bin/python` itself may be a link and is not followed: what it
    leads to knows no environment.
    """
    found = prefix.resolve() / executable.parent.name / executable.name
    return str(found if found.exists() else executable)


PYTHON = python_of(Path(sys.prefix), Path(sys.executable))
PROJECT = Path(__file__).resolve().parent.parent.parent
MANAGE = str(PROJECT / "manage.py")
CELERY = ("-m", "celery", "--quiet", "--app", "pbr_ledger.celery")


def _worker(queues: str, *, at_once: int) -> Sequence[str]:
    """A worker for these queues. Rows tell workers everything, so they need no news of each other."""
    name = queues.partition(",")[0]
    chosen = ("--queues", queues, "--concurrency", str(at_once), "--hostname", f"{name}@%h")
    return (*CELERY, "worker", *chosen, "--without-gossip", "--without-mingle")


ARGUMENTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "web": ("-m", "gunicorn", "--config", "python:pbr_ledger.gunicorn_settings", "pbr_ledger.wsgi"),
        "documents": _worker("documents,upkeep", at_once=2),
        "mail": _worker("mail", at_once=1),
        "webhooks": _worker("webhooks", at_once=2),
        "beat": (*CELERY, "beat"),
        "dispatcher": ("manage.py", "dispatch"),
    }
)
"""What each process is started with, behind the name of Python."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process to be kept running: `documents-2`, its command, and what is its own in its environment."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]


def wanted(counts: Mapping[str, int], *, host: str, port: int) -> list[Process]:
    """So many of each kind, web servers on ports that follow each other."""
    return [
        _process(kind, number, host=host, port=port) for kind, count in counts.items() for number in range(1, count + 1)
    ]


def named(name: str, *, bind: str) -> Process:
    """The process of this name: `web`, or `documents-2` for the second of its kind.

    `bind` is where the first web server listens; the second takes the next port. Raises `ProvisionError`.
    """
    found = re.fullmatch(r"([a-z]+)(?:-([1-9]\d?))?", name)
    if found is None or found[1] not in ARGUMENTS:
        raise ProvisionError(f"There is no process “{name}”: there are {', '.join(ARGUMENTS)}, and web-2, web-3 …")
    host, port = _place(bind) if found[1] == "web" else ("", 0)
    return _process(found[1], int(found[2] or 1), host=host, port=port)


def _place(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not port.isdecimal():
        raise ProvisionError(f"WEB_BIND is “{bind}”; write an address and a port, such as 127.0.0.1:8000.")
    return host, int(port)


def _process(kind: str, number: int, *, host: str, port: int) -> Process:
    environ = {"WEB_BIND": f"{host}:{port + number - 1}"} if kind == "web" else {}
    return Process(f"{kind}-{number}", _command(kind, number), environ)


def _command(kind: str, number: int) -> Sequence[str]:
    """Two workers on one host need different names, or the broker takes them for one."""
    first, *rest = (each.replace("@%h", f"-{number}@%h") for each in ARGUMENTS[kind])
    return (PYTHON, MANAGE if first == "manage.py" else first, *rest)
