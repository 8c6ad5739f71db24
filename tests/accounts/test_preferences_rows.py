"""The constraints and privileges of what people prefer for themselves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pbr_ledger.accounts.models import KeptFilter, Person
from tests.refusals import execute, forbidden, refused_by

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def kept(person: Person, **changes: Any) -> KeptFilter:
    right = {"person": person, "listing": "invoices", "name": "Held", "query": "status=held&sort=-due", "kept_at": AT}
    return KeptFilter.objects.create(**{**right, **changes})


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("kept_filter_named", {"name": ""}),
    ("kept_filter_named", {"listing": ""}),
    ("kept_filter_is_a_query", {"query": ""}),
    ("kept_filter_is_a_query", {"query": "//elsewhere.example/?a=b"}),
    ("kept_filter_is_a_query", {"query": "a=b&c"}),
    ("kept_filter_is_a_query", {"query": "a=b#c=d"}),
    ("kept_filter_is_a_query", {"query": "a=b\nc=d"}),
)


def test_kept_filter_has_a_name_and_is_a_query(officer: Person) -> None:
    for constraint, changes in WRONG:
        with refused_by(constraint):
            kept(officer, **changes)
    kept(officer)


def test_name_is_once_a_list_and_person_in_whatever_case(administrator: Person, officer: Person) -> None:
    kept(officer)
    with refused_by("kept_filter_name_once_a_list"):
        kept(officer, name="HELD")
    kept(officer, listing="claims")
    kept(administrator)


def test_application_renames_and_deletes_and_changes_nothing_else(officer: Person) -> None:
    kept(officer)
    for column in ("person_id", "listing", "query", "kept_at", "id"):
        with forbidden():
            execute(f"UPDATE accounts_keptfilter SET {column} = {column}")
    with forbidden():
        execute("TRUNCATE accounts_keptfilter")
    KeptFilter.objects.update(name="Another")
    KeptFilter.objects.all().delete()


@pytest.mark.django_db(databases=["default", "agent"])
def test_paying_agents_role_sees_none(officer: Person) -> None:
    for statement in ("SELECT 1 FROM accounts_keptfilter", "DELETE FROM accounts_keptfilter"):
        with forbidden("agent"):
            execute(statement, alias="agent")
