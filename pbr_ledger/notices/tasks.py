"""Telling people, as kinds of job. A mail can go twice if a worker is killed between sending and noting it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.daily import Daily
from pbr_ledger.jobs.daily import Part as DailyPart
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import MAIL, JobKind
from pbr_ledger.notices.models import NEVER, Notice, NoticeCopy
from pbr_ledger.notices.queries import chosen_by, summary_readers, to_be_told, unsent
from pbr_ledger.notices.registry import SUMMARY, Line, notice_kind, parts_of_summary
from pbr_ledger.notices.services import NOTICE_JOB, NOTICE_MAIL, keep_copies, mark_sent
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown

HAPPENED = "What happened"


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part of a summary as it is mailed; the addresses are whole."""

    heading: str
    lines: list[Line]


def work_out_readers(job: Job) -> dict[int, str]:
    """Who is told of the notice whose id is the job's key, and how."""
    today = day_of(DATABASE_CLOCK.read(after=None))
    return to_be_told(Notice.objects.get(pk=int(job.key)), on=today)


def keep_readers(job: Job, people: dict[int, str]) -> str:
    """Note them; each mail is a job of its own."""
    keep_copies(notice=Notice.objects.get(pk=int(job.key)), people=people)
    return ""


def mail_notice(job: Job) -> list[int]:
    """Mail the copy whose id is the job's key, unless it went before or the person has left."""
    copy = NoticeCopy.objects.select_related("notice", "person").get(pk=int(job.key))
    if copy.sent_at is None and copy.person.is_active:
        _send("notice", str(copy.notice), copy.person, {"notice": copy.notice, "link": _whole(_address(copy.notice))})
    return [copy.pk]


def readers_of_summary() -> Iterator[DailyPart]:
    """Who may get a summary today. Whether there is anything to say is seen when it is made."""
    today = day_of(DATABASE_CLOCK.read(after=None))
    for person in summary_readers(on=today):
        yield DailyPart(str(person), "Daily summary")


def mail_summary(job: Job) -> list[int]:
    """Mail what happened, what needs the person and what is coming, if there is any of it."""
    person = Person.objects.select_related("organisation").get(pk=int(job.key.split()[1]))
    copies = list(unsent().filter(person=person))
    if not person.is_active:
        return [copy.pk for copy in copies]
    today = day_of(DATABASE_CLOCK.read(after=None))
    happened = [Line(str(copy.notice), _address(copy.notice)) for copy in copies]
    parts = _parts([(HAPPENED, happened), *_standing(person, today)])
    if parts:
        _send("summary", f"Your ledger on {day_shown(today)}", person, {"parts": parts, "day": day_shown(today)})
    return [copy.pk for copy in copies]


def keep_sent(_job: Job, copies: list[int]) -> str:
    """Note what has gone."""
    mark_sent(copies)
    return ""


def _standing(person: Person, today: date) -> Iterator[tuple[str, list[Line]]]:
    if chosen_by([person.pk], notice_kind(SUMMARY))[person.pk] == NEVER:
        return
    for part in parts_of_summary():
        yield part.heading, list(part.lines(person, today))


def _parts(found: list[tuple[str, list[Line]]]) -> list[PartShown]:
    return [
        PartShown(heading, [Line(line.text, _whole(line.address)) for line in lines])
        for heading, lines in found
        if lines
    ]


def _address(notice: Notice) -> str:
    return reverse(notice.page, args=notice.parts)


def _whole(address: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}{address}"


def _send(name: str, subject: str, person: Person, context: dict[str, object]) -> None:
    more = {"person": person, "choices": _whole(reverse("notice-choices"))}
    text = render_to_string(f"notices/mails/{name}.txt", context | more)
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [person.email])


TELL = JobKind(NOTICE_JOB, work=work_out_readers, store=keep_readers, queue=MAIL, title="Who is told")
MAIL_NOTICE = JobKind(NOTICE_MAIL, work=mail_notice, store=keep_sent, queue=MAIL, title="Notice by mail")
MAIL_SUMMARY = JobKind("notice.summary", work=mail_summary, store=keep_sent, queue=MAIL, title="Daily summary by mail")
DAILY_SUMMARY = Daily(MAIL_SUMMARY.name, due_at=time(7), parts=readers_of_summary)
