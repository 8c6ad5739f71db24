"""Migrations stay compatible with the release that is running: the new tables are made while the old code still works.

A migration that drops or renames what the old code uses, or adds a column that it does not fill, fails here. Split it
over two releases (docs/operations.md), or, if no running release can be hurt, accept it below by name and say why.
"""

import pytest
from django.apps import apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements

BEFORE_THE_FIRST_RELEASE = "no release is running yet that could be hurt"
ACCEPTED = {
    "accounts.0004_organisation_registrations": BEFORE_THE_FIRST_RELEASE,
    "accounts.0006_signing_in": BEFORE_THE_FIRST_RELEASE,
    "invoicing.0008_set_off_reversed": BEFORE_THE_FIRST_RELEASE,
}
"""The migration by app and name, and why no running release is hurt by it."""
OURS = ("pbr_ledger", "cohort", "savings", "invoicing")


def of_ours() -> list[tuple[str, str]]:
    """Every migration of the ledger's own apps."""
    own = {app.label for app in apps.get_app_configs() if app.name.partition(".")[0] in OURS}
    return sorted(key for key in MigrationLoader(connections["owner"]).disk_migrations if key[0] in own)


@pytest.mark.django_db(databases=["default", "owner"])
def test_migrations_keep_the_running_release_working() -> None:
    linter = MigrationLinter(no_cache=True, database="owner", no_output=True)
    found: dict[str, list[str]] = {}
    for app_label, name in of_ours():
        statements = linter.get_sql(app_label, name)
        errors, _, _ = analyse_sql_statements(linter.sql_analyser_class, statements, [])
        if errors:
            found[f"{app_label}.{name}"] = sorted({error.code for error in errors})
    assert {name: codes for name, codes in found.items() if name not in ACCEPTED} == {}
    assert set(ACCEPTED) <= set(found)


@pytest.mark.django_db(databases=["default", "owner"])
def test_linter_would_notice_a_column_taken_from_the_running_release() -> None:
    linter = MigrationLinter(no_cache=True, database="owner", no_output=True)
    errors, _, _ = analyse_sql_statements(
        linter.sql_analyser_class, ['ALTER TABLE "jobs_job" DROP COLUMN "progress" CASCADE;'], []
    )
    assert [error.code for error in errors] == ["DROP_COLUMN"]
