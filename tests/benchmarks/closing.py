"""From closing a month to its stored report, through the services, PostgreSQL and the job's own code."""

import statistics
import time
from dataclasses import replace
from pathlib import Path

from weasyprint import HTML

from cohort.models import Contract
from invoicing.management.commands.demo import NAMES, PARTICULARS, SAMPLE
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import Month
from savings.documents.reconciliation import reconciliation_html
from savings.management.parties import SCENARIO_CAST, standing_parties
from savings.management.scenario_files import read_scenario_file
from savings.models import RECONCILIATION_REPORT, ClosedStatement
from savings.services import Parties, agree, close, load_scenario, propose, reconciliation_content

CLOSED_BEFORE = 8
MEASURED = 5


def report() -> list[str]:
    """A line for each measurement of a closing."""
    scenario = read_scenario_file(Path(SAMPLE))
    parties = standing_parties(names=NAMES, cast=SCENARIO_CAST)
    months = scenario.closings[CLOSED_BEFORE : CLOSED_BEFORE + MEASURED]
    began = time.perf_counter()
    contract = load_scenario(
        scenario=replace(scenario, closings=scenario.closings[:CLOSED_BEFORE]),
        reference=f"bench {time.time_ns()}",
        particulars=PARTICULARS,
        parties=parties,
        closing=True,
    )
    loading = time.perf_counter() - began
    closed = [_seconds_of_a_closing(contract, closing.month, parties) for closing in months]
    made = [_seconds_of_a_report(statement) for _, statement in closed]
    return [
        f"loading the sample's {len(scenario.facts)} facts and closing {CLOSED_BEFORE} months: {loading:.1f} s",
        f"proposing, agreeing twice and closing a month: {_median([seconds for seconds, _ in closed]):.2f} s (median)",
        _report_line(made),
    ]


def _report_line(made: list[tuple[float, float]]) -> str:
    ratios = [whole / alone for whole, alone in made]
    return (
        f"from closed to stored report: {_median([whole for whole, _ in made]):.2f} s, {_median(ratios):.2f} times "
        f"WeasyPrint alone on the same page ({_median([alone for _, alone in made]):.2f} s; medians of {MEASURED})"
    )


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _seconds_of_a_closing(contract: Contract, month: Month, parties: Parties) -> tuple[float, ClosedStatement]:
    began = time.perf_counter()
    proposal = propose(contract=contract, month=month, by=parties.officer, clock=DATABASE_CLOCK)
    agree(proposal=proposal, by=parties.provider_staff, clock=DATABASE_CLOCK)
    agree(proposal=proposal, by=parties.second_officer, clock=DATABASE_CLOCK)
    statement = close(proposal=proposal, by=parties.accountant, clock=DATABASE_CLOCK)
    return time.perf_counter() - began, statement


def _seconds_of_a_report(statement: ClosedStatement) -> tuple[float, float]:
    """The job, claimed, done and stored; and WeasyPrint alone on the same HTML, without PDF/A, tags or attachment.

    WeasyPrint goes first once without being timed: neither side pays for fonts that the other finds read already.
    """
    html = reconciliation_html(reconciliation_content(statement))
    job = Job.objects.get(kind=RECONCILIATION_REPORT, key=str(statement.pk))
    _weasyprint_alone(html)
    began = time.perf_counter()
    done = jobs.run(job_id=job.pk)
    whole = time.perf_counter() - began
    if done is None or done.error:
        raise RuntimeError(f"The report was not made: {done.error if done else 'somebody else has the job'}")
    began = time.perf_counter()
    _weasyprint_alone(html)
    return whole, time.perf_counter() - began


def _weasyprint_alone(html: str) -> None:
    HTML(string=html, base_url=str(Path(__file__).resolve().parents[2])).write_pdf()
