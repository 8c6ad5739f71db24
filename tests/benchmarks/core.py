"""The core alone, on one process: no database, no documents."""

import resource
import statistics
import subprocess
import sys
import time
from datetime import date

from cohort.core.facts import KnownFacts
from pbr_ledger.periods import Month
from savings.core.results import NOTHING_STATED, Position
from savings.core.statement import statement
from tests.benchmarks.cohorts import LAST_MONTH, MONTHS, cohort, terms

CHILDREN_IN_CARE_IN_ENGLAND = 83_000
RUNS = 5


def report() -> list[str]:
    """A line for each measurement of the core."""
    return [_speed(), _in_a_process_of_its_own(), *_growth()]


def _speed() -> str:
    rates = [_child_months_a_second(2_000) for _ in range(RUNS)]
    return (
        f"core, one statement of 2,000 children and {MONTHS} months: {statistics.median(rates):,.0f} child-months a "
        f"second (median of {RUNS}; {min(rates):,.0f} to {max(rates):,.0f})"
    )


def _child_months_a_second(children: int) -> float:
    known = cohort(children)
    position = _position_before_last(known)
    began = time.perf_counter()
    statement(month=LAST_MONTH, as_known_on=date(2027, 8, 6), known=known, position=position)
    return children * MONTHS / (time.perf_counter() - began)


def _position_before_last(known: KnownFacts) -> Position:
    """What the statement before the last has stated and charged: the usual case, in which nothing changed since."""
    month = LAST_MONTH.plus(-1)
    return statement(month=month, as_known_on=date(2027, 7, 6), known=known, position=NOTHING_STATED).position


def _in_a_process_of_its_own() -> str:
    """England's statement, in a fresh process, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.benchmarks.core", "england"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def england() -> str:
    """One statement over all children in care in England: seconds, and the process's peak memory."""
    known = cohort(CHILDREN_IN_CARE_IN_ENGLAND)
    position = _position_before_last(known)
    facts_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    result = statement(month=LAST_MONTH, as_known_on=date(2027, 8, 6), known=known, position=position)
    seconds = time.perf_counter() - began
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"core, one statement of {len(result.lines):,} children and {MONTHS} months: {seconds:.1f} s, peak memory "
        f"{peak_mib:,.0f} MiB, of which the facts and the statement before {facts_mib:,.0f} MiB"
    )


def _growth() -> list[str]:
    """How the k-th statement of 500 children costs more than the first, everything before it being worked out again."""
    known = cohort(500)
    seconds: dict[int, float] = {}
    position = NOTHING_STATED
    for index, month in enumerate(Month.of(terms().phase2.start).through(LAST_MONTH), start=1):
        began = time.perf_counter()
        result = statement(month=month, as_known_on=month.plus(1).first_day, known=known, position=position)
        seconds[index] = time.perf_counter() - began
        position = result.position
    first = seconds[1]
    shown = ", ".join(f"{index}th {seconds[index] / first:.1f}x" for index in (6, 12, 18, 24))
    return [f"core, cost of the k-th statement against the first ({first * 1000:.1f} ms, 500 children): {shown}"]


if __name__ == "__main__":
    print(england())
