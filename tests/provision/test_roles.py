"""The tests work under the three roles that the product has, on one database that its owner made."""

import pytest
from django.db import connections

EACH_ROLE = [("owner", "pbr_owner"), ("default", "pbr_application"), ("agent", "pbr_agent")]


def answer(alias: str, question: str) -> object:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.django_db(databases=["default", "owner", "agent"])
@pytest.mark.parametrize(("alias", "role"), EACH_ROLE)
def test_each_connection_works_as_its_own_role(alias: str, role: str) -> None:
    assert answer(alias, "SELECT current_user") == role
    assert answer(alias, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


@pytest.mark.django_db(databases=["default", "owner", "agent"])
def test_all_roles_see_the_same_test_database() -> None:
    names = {answer(alias, "SELECT current_database()") for alias, _ in EACH_ROLE}
    assert len(names) == 1
    assert str(names.pop()).startswith("test_")


@pytest.mark.django_db(databases=["default", "owner"])
def test_every_table_belongs_to_the_owner() -> None:
    owners = "SELECT array_agg(DISTINCT tableowner::text) FROM pg_tables WHERE schemaname = 'public'"
    assert answer("owner", owners) == ["pbr_owner"]
