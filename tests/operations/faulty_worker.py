"""A worker that stops at one point of a job, for as long as the test wants to kill it there.

`celery -A tests.operations.faulty_worker worker` with FAULT_POINT and FAULT_FOLDER. Nothing of the ledger is replaced:
its functions are called as ever, with a gate before or behind them. The gate is open once the folder holds `go`.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.signals import import_modules

from pbr_ledger.celery import app

__all__ = ["app"]

POINTS = ("taken", "claimed", "working", "worked", "stored", "committed")
"""Before the claim; behind it; in the work; before the transaction that stores; in it, having stored; behind it."""


def gate(point: str) -> None:
    """Says that the point was reached, and waits there."""
    folder = Path(os.environ["FAULT_FOLDER"])
    if os.environ["FAULT_POINT"] != point or (folder / "go").exists():
        return
    (folder / f"reached-{os.getpid()}").touch()
    while not (folder / "go").exists():
        time.sleep(0.02)


def gated(function: Callable[..., Any], *, before: str = "", behind: str = "") -> Callable[..., Any]:
    """The function, with a gate before or behind it."""

    def call(*arguments: Any, **named: Any) -> Any:
        gate(before)
        result = function(*arguments, **named)
        gate(behind)
        return result

    return call


@import_modules.connect(sender=app)
def _put_gates(**_: object) -> None:
    """Around what a worker calls, once Celery has set Django up."""
    from pbr_ledger.jobs import registry
    from pbr_ledger.jobs.services import working
    from tests.jobs import kinds

    kinds.register_all()
    echo = registry._kinds[kinds.ECHO]
    registry._kinds[kinds.ECHO] = registry.JobKind(
        echo.name, work=gated(echo.work, before="working"), store=gated(echo.store, behind="stored")
    )
    working.claim = gated(working.claim, before="taken", behind="claimed")
    working.complete = gated(working.complete, before="worked", behind="committed")
