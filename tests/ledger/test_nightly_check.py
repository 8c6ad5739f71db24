"""The check of every night: asked for by the schedule, done as a job, its findings kept and counted."""

from datetime import UTC, datetime
from itertools import repeat

import pytest

from cohort.models import Contract
from pbr_ledger.clock import StatedClock
from pbr_ledger.jobs.models import Job, JobReport
from pbr_ledger.jobs.services import catch_up, run
from pbr_ledger.observability.figures import exposition
from tests.ledger.test_check_ledger import by_owner

NIGHT = datetime(2026, 6, 20, 1, 30, tzinfo=UTC)


def checked() -> dict[str, JobReport]:
    """The night's reports by what they are about."""
    jobs = catch_up(clock=StatedClock(repeat(NIGHT)))
    for job in jobs:
        done = run(job_id=job.pk)
        assert (done.state, done.error) == ("done", "")
    return {report.job.subject: report for report in JobReport.objects.select_related("job").order_by("pk")}


@pytest.mark.django_db(transaction=True)
def test_each_contract_and_the_whole_are_checked_every_night(contract: Contract) -> None:
    reports = checked()
    assert {subject: report.findings for subject, report in reports.items()} == {
        "All contracts together": 0,
        "EXAMPLE": 0,
    }
    assert [job.key for job in Job.objects.filter(kind="check_ledger").order_by("pk")] == [
        "2026-06-20 whole",
        f"2026-06-20 contract {contract.pk}",
    ]
    assert reports["EXAMPLE"].organisation == contract.council
    assert reports["All contracts together"].organisation is None


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_what_the_night_finds_is_kept_for_its_council_and_counted(contract: Contract) -> None:
    by_owner(f"UPDATE savings_closedstatement SET digest = '{'ab' * 32}' WHERE month_start = '2026-02-01'")
    reports = checked()
    report = reports["EXAMPLE"]
    assert report.findings >= 1
    assert "EXAMPLE 2026-02: its digest is not that of its figures" in report.lines.splitlines()
    figures = exposition().decode()
    assert (
        f'ledger_findings{{check="check_ledger"}} {float(sum(each.findings for each in reports.values()))}' in figures
    )
