"""Who is to be told, how each chose, and what a daily summary has to say."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from pbr_ledger.accounts.models import PROGRAMS, Person
from pbr_ledger.accounts.queries import grants_in_force
from pbr_ledger.accounts.roles import permissions_in
from pbr_ledger.notices.models import NEVER, Notice, NoticeChoice, NoticeCopy
from pbr_ledger.notices.registry import SUMMARY, NoticeKind, notice_kind


def mail_is_sent() -> bool:
    """Whether mail goes anywhere: without a mail server nobody can be told anything, and no job need try."""
    return bool(settings.EMAIL_HOST) or not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend")


def choices_of(person: Person) -> dict[str, str]:
    """What the person chose, by kind; kinds of which they chose nothing are left out."""
    return dict(NoticeChoice.objects.filter(person=person).values_list("kind", "choice"))


def chosen_by(people: Collection[int], kind: NoticeKind) -> dict[int, str]:
    """How each of these people, by key, is told of that kind."""
    chosen = dict(NoticeChoice.objects.filter(person__in=people, kind=kind.key).values_list("person", "choice"))
    return {person: chosen.get(person, kind.unless_chosen) for person in people}


def concerned(kind: NoticeKind, *, on: date, organisations: Collection[int] | None = None) -> list[int]:
    """The keys of the people whom that kind concerns by their roles at the end of the day.

    All of them, or those of the organisations. Programs get no mail, nor do people whose account is shut.
    """
    grants = grants_in_force(on).filter(person__is_active=True).exclude(person__email__endswith=PROGRAMS)
    if organisations is not None:
        grants = grants.filter(person__organisation__in=organisations)
    roles: dict[int, set[str]] = defaultdict(set)
    for person, role in grants.values_list("person", "role"):
        roles[person].add(role)
    return sorted(person for person, held in roles.items() if permissions_in(frozenset(held)) & kind.permissions)


def to_be_told(notice: Notice, *, on: date) -> dict[int, str]:
    """Who is told of the notice and how (at once or daily), by key; whoever did it is not, nor who chose never."""
    kind = notice_kind(notice.kind)
    organisations = list(notice.organisations.values_list("pk", flat=True))
    people = [each for each in concerned(kind, on=on, organisations=organisations) if each != notice.by_id]
    return {person: choice for person, choice in chosen_by(people, kind).items() if choice != NEVER}


def summary_readers(*, on: date) -> list[int]:
    """The keys of the people to whom a daily summary may go: nobody who chose never to get any daily mail."""
    if not mail_is_sent():
        return []
    kind = notice_kind(SUMMARY)
    people = set(concerned(kind, on=on))
    waiting = set(unsent().filter(person__is_active=True).values_list("person", flat=True))
    wanted = {person for person, choice in chosen_by(people, kind).items() if choice != NEVER}
    return sorted(wanted | waiting)


def unsent() -> "QuerySet[NoticeCopy]":
    """What still has to go into somebody's daily summary, the oldest first."""
    return NoticeCopy.objects.filter(at_once=False, sent_at=None).select_related("notice").order_by("notice__at", "pk")
