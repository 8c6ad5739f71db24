"""The page of the work in the background, for a council's administrators and those who read its log."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from pbr_ledger.accounts.models import Person
from pbr_ledger.jobs.models import FAILED, RUNNING, WAITING, Job, JobReport
from pbr_ledger.jobs.pages import (
    COLUMNS,
    STATE_NAMES,
    checks_shown,
    findings_of,
    jobs_shown,
    sorts,
    work_shown,
)
from pbr_ledger.jobs.queries import watched_jobs
from pbr_ledger.jobs.rules import may_read_findings, may_rerun_work, may_watch_work
from pbr_ledger.jobs.services import rerun
from pbr_ledger.listing import listed
from pbr_ledger.pages import acted, looked_again, page_of_rows, person_of, watch
from pbr_ledger.sorting import sorting_of


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """What waits, runs, failed and is done, and the last checks; to a page that looks again, what has changed."""
    reader = _watcher(request)
    state = request.GET.get("state", FAILED)
    if state not in STATE_NAMES:
        raise Http404
    own = "when" if state in {WAITING, RUNNING} else "-when"
    sorting = sorting_of(request, sorts(state), own=own)
    found = sorting.in_database(watched_jobs(state=state).defer("input_digest", "output_digest"))
    name = f"jobs {STATE_NAMES[state].lower()}"
    if file := listed(request, name=name, columns=COLUMNS, rows=lambda: jobs_shown(found, reader=reader)):
        return file
    page = page_of_rows(request, found)
    shown = work_shown(page, state=state, reader=reader)
    context = {
        "work": shown,
        "state": state,
        "page": page,
        "sorting": sorting,
        "names_subjects": may_rerun_work(reader),
    }
    order = {"sort": sorting.asked} if sorting.asked else {}
    again = f"{reverse('work')}?{urlencode({'state': state, 'page': page.number, **order})}"
    if getattr(request, "htmx", False):
        part = "jobs/parts/work.html"
        return looked_again(request, part, context, address=again, stage=shown.stage, goes_on=shown.goes_on)
    following = watch(again, stage=shown.stage) if shown.goes_on else None
    context |= {"is_work": True, "checks": checks_shown(reader), "watch": following}
    return render(request, "jobs/work.html", context)


@require_POST
def run_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Sets a failed job going again."""
    person = _watcher(request)
    job = get_object_or_404(Job.objects.select_related("organisation"), pk=job_id)
    done = f"Job {job.pk} is waiting to be run again."
    return acted(request, lambda: rerun(job=job, by=person), done=done, then=reverse("work"))


@require_safe
def findings(request: HttpRequest, report_id: int) -> HttpResponse:
    """What a check found, for those who read the log of the council whose contract it is."""
    reader = _watcher(request)
    if not may_read_findings(reader):
        raise Http404
    report = get_object_or_404(
        JobReport.objects.select_related("job"), pk=report_id, organisation=reader.organisation_id
    )
    context = {"is_work": True, "report": report, "lines": findings_of(report)}
    return render(request, "jobs/findings.html", context)


def _watcher(request: HttpRequest) -> Person:
    person = person_of(request)
    if not may_watch_work(person):
        raise Http404
    return person
