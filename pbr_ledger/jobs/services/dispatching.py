"""Seeing to it that no job is forgotten: sent again, or done here."""

from collections.abc import Callable

from django.db.models.functions import Now

from pbr_ledger.jobs import broker
from pbr_ledger.jobs.models import WAITING, Job
from pbr_ledger.jobs.queries import due_jobs
from pbr_ledger.jobs.registry import QUEUES, kinds_in
from pbr_ledger.jobs.services.asking import queue_of
from pbr_ledger.jobs.services.working import give_up_lost_jobs, run

MOST_SENT_AT_ONCE = 250


def dispatch_once(*, inline: bool, tell: Callable[[Job], None] = lambda _: None) -> list[Job]:
    """The jobs that were sent to the broker again or, inline, done here one after another until none is due.

    Due is what waits and whose time has come, and what a lost worker left behind. Of each queue the longest waiting
    are sent, so that a thousand documents keep back no mail, and no more than it takes until the broker holds 250 of
    them: else workers that have much to do would be told the same every half minute. Sending stops at the first that
    the broker does not take.
    Inline, jobs that wait after a failure are tried again at once, since somebody is waiting for them here. `tell` gets
    each job in turn. A job whose fifth worker was lost is marked failed.
    """
    give_up_lost_jobs()
    return _do_what_is_due(tell) if inline else _send_what_is_due(tell)


def _send_what_is_due(tell: Callable[[Job], None]) -> list[Job]:
    sent = []
    for job in _longest_waiting():
        if not broker.send(job_id=job.pk, queue=queue_of(job)):
            break
        sent.append(job)
        tell(job)
    return sent


def _longest_waiting() -> list[Job]:
    """Of each queue those that have been due for longest, and such as nobody knows the kind of any more."""
    due = due_jobs().order_by("run_after", "pk")
    known = {queue: kinds_in(queue) for queue in QUEUES}
    strangers = due.exclude(kind__in=[kind for kinds in known.values() for kind in kinds])[:MOST_SENT_AT_ONCE]
    of_queues = [due.filter(kind__in=kinds)[: _room_in(queue)] for queue, kinds in known.items() if kinds]
    return [job for jobs in (*of_queues, strangers) for job in jobs]


def _room_in(queue: str) -> int:
    return max(0, MOST_SENT_AT_ONCE - broker.waiting_in(queue))


def _do_what_is_due(tell: Callable[[Job], None]) -> list[Job]:
    done = []
    while job_id := _next_due():
        job = run(job_id=job_id)
        if job is not None:
            done.append(job)
            tell(job)
    return done


def _next_due() -> int | None:
    Job.objects.filter(state=WAITING, attempts__gt=0, run_after__gt=Now()).update(run_after=Now())
    return due_jobs().order_by("run_after", "pk").values_list("pk", flat=True).first()
