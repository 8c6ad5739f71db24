"""A notice, written with the change that it tells of; who is told is worked out by a job afterwards."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Now

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.roles import COUNCIL
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.services import enqueue
from pbr_ledger.notices.models import AT_ONCE, LONGEST_TEXT, Notice, NoticeCopy
from pbr_ledger.notices.queries import mail_is_sent
from pbr_ledger.notices.registry import notice_kind

NOTICE_JOB = "notice"
"""The kind of job that works out who is told; its key is the notice's."""
NOTICE_MAIL = "notice.mail"
"""The kind of job that mails one copy; its key is the copy's."""
IS_HISTORY_AFTER = timedelta(days=1)


def announce(
    *,
    kind: str,
    about: str,
    text: str,
    page: str,
    parts: Sequence[object],
    organisations: Collection[int],
    by: Person | None,
    at: datetime,
) -> Notice | None:
    """The notice, written in the caller's transaction, and the job that tells people of it.

    None for what happened more than a day ago: a contract that is loaded with its history wakes nobody; and where no
    mail is sent. Raises
    `UnknownNoticeKind`, and `NoOpenTransaction` outside a transaction.
    """
    if not mail_is_sent() or at < DATABASE_CLOCK.read(after=None) - IS_HISTORY_AFTER:
        return None
    notice = Notice.objects.create(
        kind=notice_kind(kind).key,
        about=_line(about),
        text=_line(text),
        page=page,
        parts=[str(part) for part in parts],
        by=by,
        at=at,
    )
    notice.organisations.set(organisations)
    enqueue(kind=NOTICE_JOB, key=str(notice.pk), subject=notice.about, organisation_id=_council_of(notice))
    return notice


def keep_copies(*, notice: Notice, people: Mapping[int, str]) -> None:
    """Note who is told and how; for those told at once, ask for the mail. For `store` of a job, in its transaction."""
    copies = [
        NoticeCopy(notice=notice, person_id=person, at_once=choice == AT_ONCE) for person, choice in people.items()
    ]
    council = _council_of(notice)
    for copy in NoticeCopy.objects.bulk_create(copies):
        if copy.at_once:
            enqueue(kind=NOTICE_MAIL, key=str(copy.pk), subject=notice.about, organisation_id=council)


def mark_sent(copies: Collection[int]) -> None:
    """Note that the mail with these copies has gone. For `store` of a job, in its transaction."""
    NoticeCopy.objects.filter(pk__in=copies, sent_at=None).update(sent_at=Now())


def _council_of(notice: Notice) -> int | None:
    """Whose business the notice's jobs are: its contract's council's."""
    return notice.organisations.filter(kind=COUNCIL).values_list("pk", flat=True).first()


def _line(text: str) -> str:
    """The text on one line, and no longer than is kept: it becomes a subject line."""
    return " ".join(text.split())[:LONGEST_TEXT]
