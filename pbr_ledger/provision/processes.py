"""The ledger's processes, and the command of each: what the containers run is what `provision serve` runs.

Every one may run several times, on several hosts. Only documents are worth it: they take the time.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PYTHON = sys.executable
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
        Process(
            f"{kind}-{number}",
            _command(kind, number),
            {"WEB_BIND": f"{host}:{port + number - 1}"} if kind == "web" else {},
        )
        for kind, count in counts.items()
        for number in range(1, count + 1)
    ]


def _command(kind: str, number: int) -> Sequence[str]:
    """Two workers on one host need different names, or the broker takes them for one."""
    first, *rest = (each.replace("@%h", f"-{number}@%h") for each in ARGUMENTS[kind])
    return (PYTHON, MANAGE if first == "manage.py" else first, *rest)
