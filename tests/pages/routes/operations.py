"""Addresses of the work in the background, and those that machines ask."""

from typing import Any

from django.db.models.functions import Now

from cohort.models import Contract
from pbr_ledger.jobs.models import FAILED, Job, JobReport
from tests.pages.routes.table import NOBODY, PAGE, WRONG_METHOD, Route

WATCHERS = frozenset({"council administrator", "council auditor", "council lead_accountant"})
ADMINISTRATORS = frozenset({"council administrator"})

ROUTES = {
    "work": Route(readers=WATCHERS, of_no_contract=True),
    "work-run-again": Route(readers=WATCHERS, writers=ADMINISTRATORS, answer=WRONG_METHOD, of_no_contract=True),
    "work-findings": Route(readers=frozenset({"council auditor", "council lead_accountant"})),
    "health-live": Route(readers=NOBODY, others=PAGE, anonymous=PAGE),
    "health-ready": Route(readers=NOBODY, others=PAGE, anonymous=PAGE),
    "health-work": Route(readers=NOBODY, others=PAGE, anonymous=PAGE),
    "metrics": Route(readers=NOBODY, others=PAGE, anonymous=PAGE),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses are made of: a failed job, and the report of a check of the contract."""
    job, _ = Job.objects.get_or_create(
        kind="check_ledger",
        key=f"of the table, {contract.pk}",
        subject=contract.reference,
        defaults={"state": FAILED, "error": "ValueError: secret", "attempts": 5, "finished_at": Now()},
    )
    report, _ = JobReport.objects.get_or_create(
        job=job, organisation=contract.council, defaults={"findings": 1, "lines": "entry 3: is out of balance"}
    )
    return {"job_id": job.pk, "report_id": report.pk}
