"""A country's month: every contract closes it, and real workers on a real Redis make all that follows.

`BENCH_COUNTRY=153 make bench PART=country`: one contract for every English authority with children's services; 6
without it. One month is closed for one worker process, the next for two, which share the cores with PostgreSQL; a
contract's work is its report, its workbook, and the draft of its invoice behind the bounds' second computation.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack

from django.db import connections

from cohort.models import Contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import FAILED, RUNNING, WAITING, Job
from pbr_ledger.periods import Month
from savings.services import Parties, agree, close, propose
from tests.benchmarks.ground import Ground
from tests.benchmarks.served import dispatching, postgres_seconds, redis, working

CONTRACTS = int(os.environ.get("BENCH_COUNTRY", "6"))
CLOSED_BEFORE = 6
WORKERS = (1, 2)
LONGEST_SECONDS = 3 * 3600


def report() -> Iterator[str]:
    """Loading, then the month for one worker and for two, and what more machines would make of it."""
    ground = Ground()
    began = time.perf_counter()
    ground.grow_to(CONTRACTS, closings=ground.scenario.closings[:CLOSED_BEFORE])
    each = (time.perf_counter() - began) / CONTRACTS
    yield f"country: loading a contract's {len(ground.scenario.facts)} facts and {CLOSED_BEFORE} months: {each:.2f} s"
    _forget_what_loading_asked_for()
    minutes = {}
    for place, workers in enumerate(WORKERS):
        month = ground.scenario.closings[CLOSED_BEFORE + place].month
        began = time.perf_counter()
        for contract in ground.contracts:
            _closed(contract, month, ground.parties)
        by_people = (time.perf_counter() - began) / CONTRACTS
        seconds, of_postgres = _worked(workers)
        minutes[workers] = seconds / 60
        yield (
            f"country: {CONTRACTS} contracts, workers: {workers}: {minutes[workers]:.1f} min, "
            f"{CONTRACTS / minutes[workers]:.0f} contracts a minute; of that PostgreSQL had "
            f"{of_postgres / CONTRACTS:.2f} s of a core for each (closing by people, before: {by_people:.2f} s each)"
        )
    yield f"country: two workers are {minutes[1] / minutes[2]:.2f} times as fast as one"
    yield _projection(minutes[2], of_postgres / CONTRACTS)


def _projection(minutes: float, of_postgres: float) -> str:
    """Of more machines like this one, each with two workers and PostgreSQL elsewhere: as long as that keeps up."""
    shown = ", ".join(f"{count} machines {153 / CONTRACTS * minutes / count:.1f} min" for count in (1, 2, 4, 8))
    most = 60 / of_postgres if of_postgres else float("inf")
    return (
        f"country: 153 contracts would take {shown}; a core of PostgreSQL keeps up with {most:.0f} contracts a minute"
    )


def _forget_what_loading_asked_for() -> None:
    """It is no part of the month."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM jobs_job WHERE state = 'waiting'")


def _closed(contract: Contract, month: Month, parties: Parties) -> None:
    proposal = propose(contract=contract, month=month, by=parties.officer, clock=DATABASE_CLOCK)
    agree(proposal=proposal, by=parties.provider_staff, clock=DATABASE_CLOCK)
    agree(proposal=proposal, by=parties.second_officer, clock=DATABASE_CLOCK)
    close(proposal=proposal, by=parties.accountant, clock=DATABASE_CLOCK)


def _worked(workers: int) -> tuple[float, float]:
    """Seconds until everything is done, of which so many of a core by PostgreSQL."""
    with redis() as broker, ExitStack() as stack:
        for number in range(workers):
            stack.enter_context(working(broker, name=f"bench-{number}"))
        before, began = postgres_seconds(), time.perf_counter()
        stack.enter_context(dispatching(broker))
        while left := Job.objects.filter(state__in=(WAITING, RUNNING)).count():
            time.sleep(0.5)
            if time.perf_counter() - began > LONGEST_SECONDS:
                raise RuntimeError(f"{left} jobs are not done.")
        seconds = time.perf_counter() - began
    if failed := Job.objects.filter(state=FAILED).first():
        raise RuntimeError(f"{failed} failed: {failed.error}")
    return seconds, postgres_seconds() - before
