"""The figures of the work in the background, for Prometheus."""

from collections.abc import Iterator

from pbr_ledger.jobs.models import FAILED, RUNNING, WAITING
from pbr_ledger.jobs.queries import jobs_by_queue_and_state, latest_reports, seconds_waited
from pbr_ledger.jobs.registry import QUEUES
from pbr_ledger.observability.figures import Figure


def job_figures() -> Iterator[Figure]:
    """Jobs by queue and state, the longest wait in each queue, and what the latest checks found."""
    counts = jobs_by_queue_and_state()
    waited = seconds_waited()
    for queue in QUEUES:
        for state in (WAITING, RUNNING, FAILED):
            labels = {"queue": queue, "state": state}
            yield Figure("ledger_jobs", "Jobs that are not done.", counts.get((queue, state), 0), labels)
        meaning = "For how long the longest waiting job has been due."
        yield Figure("ledger_oldest_due_job_seconds", meaning, waited.get(queue, 0), {"queue": queue})
    yield from _findings()


def _findings() -> Iterator[Figure]:
    found: dict[str, int] = {}
    made: dict[str, float] = {}
    for report in latest_reports().defer("lines"):
        kind, at = report.job.kind, report.made_at.timestamp()
        found[kind] = found.get(kind, 0) + report.findings
        made[kind] = min(made.get(kind, at), at)
    for kind, count in found.items():
        yield Figure("ledger_findings", "What the latest checks found.", count, {"check": kind})
        meaning = "When the oldest of the latest checks was made, in Unix time."
        yield Figure("ledger_findings_made_at", meaning, made[kind], {"check": kind})
