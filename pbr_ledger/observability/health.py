"""Whether this process lives, is fit for requests, and whether the work in the background moves."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from pbr_ledger.jobs.queries import seconds_waited

LATE_AFTER_SECONDS = 300
"""A due job that nobody has begun for this long says that dispatcher or workers stand still, or are too few."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was looked at, in words, and whether it is well."""

    checks: dict[str, str]
    is_well: bool


def readiness() -> Health:
    """Fit for requests: the database answers, and its tables are those that this release knows, or newer.

    How far behind the work in the background is is said too, but a web server that is taken away for it helps nobody.
    """
    reach = _said(_reach)
    tables = _said(_tables) if reach == "ok" else "unknown"
    work = _said(_work) if tables == "ok" else "unknown"
    return Health({"database": reach, "migrations": tables, "work": work}, is_well=reach == tables == "ok")


def work_in_the_background() -> Health:
    """Well while no due job has waited for more than five minutes."""
    found = _said(_work)
    return Health({"work": found}, is_well=found == "ok")


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError as error:
        return f"failed: {type(error).__name__}"


def _reach() -> str:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _tables() -> str:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} not applied" if missing else "ok"


def _work() -> str:
    waited = max(seconds_waited().values(), default=0)
    return "ok" if waited <= LATE_AFTER_SECONDS else f"late: a job has been due for {waited} s"
