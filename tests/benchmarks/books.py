"""The books: from a closed month to posted entries, checking the whole ledger, and workbooks, at rising size.

`BENCH_CONTRACTS=1,10,150 make bench` measures other numbers of contracts; each is the sample, with all its months
closed, invoiced and paid.
"""

import io
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.models import Contract
from invoicing.models import Posting
from invoicing.services.drafts import draft_from_statement
from invoicing.services.invoices import approve, issue
from invoicing.services.scenarios import Settlement
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import Month
from savings.core.scenario import Scenario
from savings.management.parties import SCENARIO_CAST, standing_clerk, standing_parties
from savings.management.scenario_files import read_scenario_file
from savings.models import RECONCILIATION_WORKBOOK, ClosedStatement
from savings.services import Parties, agree, close, load_scenario, propose
from tests.benchmarks.closing import NAMES, PARTICULARS, SAMPLE

SIZES = tuple(int(size) for size in os.environ.get("BENCH_CONTRACTS", "1,10").split(","))
MEASURED = 3


def report() -> Iterator[str]:
    """Lines for each size, the smaller first."""
    scenario = read_scenario_file(SAMPLE)
    parties = standing_parties(names=NAMES, cast=SCENARIO_CAST)
    numbers = count(1)
    settled = 0
    for size in SIZES:
        began = time.perf_counter()
        while settled < size:
            _settled_contract(scenario, parties, f"books {next(numbers)}")
            settled += 1
        yield f"{size} contracts: loading the last of them took until {time.perf_counter() - began:.1f} s"
        yield from (f"{size} contracts: {line}" for line in _measurements(scenario, parties, f"books {next(numbers)}"))


def _settled_contract(scenario: Scenario, parties: Parties, reference: str) -> Contract:
    clerk = standing_clerk(parties=parties, cast=SCENARIO_CAST)
    return load_scenario(
        scenario=scenario,
        reference=reference,
        particulars=PARTICULARS,
        parties=parties,
        closing=True,
        follower=Settlement(parties=parties, clerk=clerk),
    )


def _measurements(scenario: Scenario, parties: Parties, reference: str) -> Iterator[str]:
    months = scenario.closings[8 : 8 + MEASURED]
    contract = load_scenario(
        scenario=replace(scenario, closings=scenario.closings[:8]),
        reference=reference,
        particulars=PARTICULARS,
        parties=parties,
        closing=True,
    )
    closed = [_closed(contract, closing.month, parties) for closing in months]
    posted = [_invoiced(statement, parties) for statement in closed]
    yield (
        f"from closed to posted invoice (drafted, issued, approved): {_median([ms for ms, _ in posted]):.0f} ms, "
        f"{_median([queries for _, queries in posted]):.0f} queries"
    )
    yield f"a workbook, made and stored: {_median([_workbook(statement) for statement in closed]):.2f} s"
    began = time.perf_counter()
    call_command("check_ledger", stdout=io.StringIO())
    seconds = time.perf_counter() - began
    rows = _rows()
    yield f"check_ledger: {seconds:.1f} s for {rows:,} rows, {rows / seconds:,.0f} rows a second"


def _closed(contract: Contract, month: Month, parties: Parties) -> ClosedStatement:
    proposal = propose(contract=contract, month=month, by=parties.officer, clock=DATABASE_CLOCK)
    agree(proposal=proposal, by=parties.provider_staff, clock=DATABASE_CLOCK)
    agree(proposal=proposal, by=parties.second_officer, clock=DATABASE_CLOCK)
    return close(proposal=proposal, by=parties.accountant, clock=DATABASE_CLOCK)


def _invoiced(statement: ClosedStatement, parties: Parties) -> tuple[float, int]:
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        draft = draft_from_statement(statement=statement, clock=DATABASE_CLOCK)
        if draft is not None:
            issued = issue(invoice=draft, by=parties.provider_staff, clock=DATABASE_CLOCK)
            approve(invoice=issued, by=parties.second_officer, clock=DATABASE_CLOCK)
    return (time.perf_counter() - began) * 1000, len(queries)


def _workbook(statement: ClosedStatement) -> float:
    job = Job.objects.get(kind=RECONCILIATION_WORKBOOK, key=str(statement.pk))
    began = time.perf_counter()
    jobs.run(job_id=job.pk)
    return time.perf_counter() - began


def _rows() -> int:
    """Rows of every table of ours: what check_ledger looks at."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT sum(n_live_tup)::bigint FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0] or Posting.objects.count())


def _median(values: list[float]) -> float:
    return statistics.median(values)
