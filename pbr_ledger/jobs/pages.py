"""What the page of the work in the background says: how much waits, runs and failed, and what the last checks found.

Nothing on it comes out of a contract's facts: of an error its name, never what it said. Which contract or invoice a job
is about is told to the administrators who keep that organisation: nobody sees that another council's contracts exist.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import organisations_of
from pbr_ledger.jobs.models import DONE, FAILED, RUNNING, WAITING, Job, JobReport
from pbr_ledger.jobs.queries import jobs_by_queue_and_state, latest_reports
from pbr_ledger.jobs.registry import QUEUES, kinds_known, title_of
from pbr_ledger.jobs.rules import is_another_councils, may_read_findings, may_rerun_work
from pbr_ledger.jobs.services import LOST_EACH_TIME
from pbr_ledger.listing import Column
from pbr_ledger.sorting import DAY, NUMBER, Sort, by_words
from pbr_ledger.words import instant_shown

QUEUE_NAMES = {"documents": "Documents", "mail": "E-mail", "webhooks": "Webhooks", "upkeep": "Checks and upkeep"}
STATE_NAMES = {FAILED: "Failed", WAITING: "Waiting", RUNNING: "Running", DONE: "Done"}
ERROR_NAME = re.compile(r"^(?:\w+\.)*(\w+)(?::|$)")


@dataclass(frozen=True, slots=True)
class QueueShown:
    """How much of one queue waits, runs, has failed."""

    name: str
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class Tab:
    """A list that the page can show."""

    state: str
    name: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job as the list shows it; `when` is when it is due, was begun or ended."""

    number: int
    title: str
    subject: str
    attempts: int
    when: datetime | None
    cause: str
    advice: str
    progress: str
    may_run_again: bool


COLUMNS: tuple[Column, ...] = (
    ("Number", lambda row: f"Job {row.number}"),
    ("What", lambda row: row.title),
    ("About", lambda row: row.subject),
    ("When", lambda row: instant_shown(row.when) if row.when else ""),
    ("Attempts", lambda row: str(row.attempts)),
    ("Progress", lambda row: row.progress),
    ("Error", lambda row: row.cause),
)
"""A list of jobs as a file."""
WHEN = {WAITING: ("Due", "run_after"), RUNNING: ("Begun", "started_at")}
ENDED = ("Ended", "finished_at")


def sorts(state: str) -> tuple[Sort, ...]:
    """What jobs of the state can be sorted by."""
    words, moment = WHEN.get(state, ENDED)
    return (
        Sort("number", "Number", "pk", NUMBER),
        Sort("what", "What", by_words((Q(kind=kind), title_of(kind)) for kind in kinds_known())),
        Sort("when", words, moment, DAY),
        Sort("attempts", "Attempts", "attempts", NUMBER),
    )


@dataclass(frozen=True, slots=True)
class CheckShown:
    """What the latest check of something found. `report` is its number where this person may read the findings."""

    title: str
    subject: str
    made_at: datetime
    findings: int
    report: int | None


@dataclass(frozen=True, slots=True)
class WorkShown:
    """What changes on the page while somebody looks at it."""

    queues: list[QueueShown]
    tabs: list[Tab]
    jobs: list[JobShown]

    @property
    def stage(self) -> str:
        """Changes whenever anything of it does."""
        return hashlib.sha256(repr((self.queues, self.tabs, self.jobs)).encode()).hexdigest()[:16]

    @property
    def goes_on(self) -> bool:
        """Whether something waits or runs, so that it is worth looking again."""
        return any(queue.waiting or queue.running for queue in self.queues)


def work_shown(jobs: Iterable[Job], *, state: str, reader: Person) -> WorkShown:
    """The queues, the four lists, and these jobs of the one that is open."""
    return WorkShown(queues_shown(), tabs(current=state), jobs_shown(jobs, reader=reader))


def queues_shown() -> list[QueueShown]:
    """Every queue."""
    counts = jobs_by_queue_and_state()
    return [
        QueueShown(QUEUE_NAMES[queue], *(counts.get((queue, state), 0) for state in (WAITING, RUNNING, FAILED)))
        for queue in QUEUES
    ]


def tabs(*, current: str) -> list[Tab]:
    """The four lists, and how long each is."""
    counts = dict.fromkeys(STATE_NAMES, 0)
    for (_, state), count in jobs_by_queue_and_state().items():
        counts[state] += count
    return [Tab(state, name, counts[state], state == current) for state, name in STATE_NAMES.items()]


def jobs_shown(jobs: Iterable[Job], *, reader: Person) -> list[JobShown]:
    """The jobs as this person may see them."""
    administers = may_rerun_work(reader)
    kept = {None, *organisations_of(reader).values_list("pk", flat=True)} if administers else set()
    return [
        _job_shown(
            job, is_told=job.organisation_id in kept, may_rerun=administers and not is_another_councils(job, reader)
        )
        for job in jobs
    ]


def checks_shown(reader: Person) -> list[CheckShown]:
    """What the latest checks found: of this person's council, and of the whole installation."""
    of_ours = [report for report in latest_reports() if report.organisation_id in {None, reader.organisation_id}]
    reads = may_read_findings(reader)
    return [_check_shown(report, reads) for report in of_ours]


def cause_shown(error: str) -> str:
    """Why a job failed, without what the error said: that may be out of a contract's facts."""
    if error in {"", LOST_EACH_TIME}:
        return error
    found = ERROR_NAME.match(error.partition("\n")[0])
    return found[1] if found else "Error"


def advice_of(job: Job) -> str:
    """What whoever looks after it can do about a job that has failed; nothing for others."""
    if job.state != FAILED:
        return ""
    if job.error == LOST_EACH_TIME:
        return (
            "Whatever did this work was ended each time, most often for want of memory. Tell whoever runs this "
            "installation first, then run it again."
        )
    return (
        "Run it again. If it fails once more, give whoever runs this installation the job’s number: the log names it."
    )


def findings_of(report: JobReport) -> Sequence[str]:
    """What was found, a line each; no more than were kept."""
    return report.lines.splitlines()


def _job_shown(job: Job, *, is_told: bool, may_rerun: bool) -> JobShown:
    return JobShown(
        number=job.pk,
        title=title_of(job.kind),
        subject=job.subject if is_told else "",
        attempts=job.attempts,
        when={WAITING: job.run_after, RUNNING: job.started_at}.get(job.state, job.finished_at),
        cause=cause_shown(job.error),
        advice=advice_of(job),
        progress=job.progress,
        may_run_again=may_rerun and job.state == FAILED,
    )


def _check_shown(report: JobReport, reads: bool) -> CheckShown:
    own = report.organisation_id is not None
    may_read = reads and own and report.findings > 0
    return CheckShown(
        title_of(report.job.kind), report.job.subject, report.made_at, report.findings, report.pk if may_read else None
    )
