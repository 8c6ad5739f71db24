"""What PostgreSQL refuses of notices, whoever asks."""

import pytest
from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.notices.models import DAILY, Notice, NoticeChoice, NoticeCopy
from tests.pages.world import peopled
from tests.refusals import execute, forbidden, refused_by

TABLES = ("notices_notice", "notices_notice_organisations", "notices_noticecopy", "notices_noticechoice")


def notice(**changed: object) -> Notice:
    columns = {"kind": "limits", "about": "L04", "text": "80%", "page": "invoices", "parts": ["1"]}
    return Notice.objects.create(**columns | {"at": DATABASE_CLOCK.read(after=None)} | changed)


def somebody() -> Person:
    return peopled()[0]["own council auditor"]


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["kind", "about", "text", "page"])
def test_notice_says_what_and_where(column: str) -> None:
    with refused_by("notice_says_what_and_where"):
        notice(**{column: ""})


@pytest.mark.django_db
def test_copy_and_choice_are_once_for_each_person() -> None:
    person, told = somebody(), notice()
    NoticeCopy.objects.create(notice=told, person=person, at_once=True)
    with refused_by("notice_copy_once_for_each_person"):
        NoticeCopy.objects.create(notice=told, person=person, at_once=False)
    NoticeChoice.objects.create(person=person, kind="limits", choice=DAILY)
    with refused_by("notice_choice_one_for_each_kind"):
        NoticeChoice.objects.create(person=person, kind="limits", choice=DAILY)
    with refused_by("notice_choice_known"):
        NoticeChoice.objects.create(person=person, kind="invoices", choice="weekly")


@pytest.mark.django_db(databases=["default", "owner", "agent"])
def test_application_and_agent_have_no_more_than_they_need() -> None:
    for statement in (
        "UPDATE notices_notice SET text = ''",
        "DELETE FROM notices_notice",
        "DELETE FROM notices_notice_organisations",
        "UPDATE notices_noticecopy SET person_id = 1",
        "DELETE FROM notices_noticecopy",
        "UPDATE notices_noticechoice SET person_id = 1",
        "DELETE FROM notices_noticechoice",
    ):
        with forbidden():
            execute(statement)
    for table in TABLES:
        with forbidden("agent"):
            execute(f"SELECT 1 FROM {table}", alias="agent")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    ("statement", "trigger"),
    [
        ("UPDATE notices_notice SET text = 'x'", "notice_never_changed"),
        ("DELETE FROM notices_notice", "notice_never_changed"),
        ("TRUNCATE notices_notice CASCADE", "notice_never_truncated"),
        ("UPDATE notices_noticecopy SET at_once = false", "notice_copy_only_sent"),
        ("UPDATE notices_noticecopy SET sent_at = NULL", "notice_copy_only_sent"),
    ],
)
def test_owner_changes_no_notice_either(statement: str, trigger: str) -> None:
    with transaction.atomic():
        copy = NoticeCopy.objects.create(notice=notice(), person=somebody(), at_once=True)
        NoticeCopy.objects.filter(pk=copy.pk).update(sent_at=DATABASE_CLOCK.read(after=None))
    with refused_by(trigger, "owner"):
        execute(statement, alias="owner")
