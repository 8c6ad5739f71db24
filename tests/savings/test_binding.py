"""What the database itself refuses of statements: by constraint, by trigger, by privilege; by ORM and by raw SQL.

The tests work as the application's role. What it has no privilege to try is tried as the owner too, whom only the
triggers stop; the owner sees committed rows alone, so those tests commit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connections, models, transaction
from psycopg import errors

from cohort.models import Contract
from savings.models import (
    Agreement,
    ClosedStatement,
    Dispute,
    KeptScenario,
    Proposal,
    SavingsPlan,
    ScenarioVersion,
    StatementReport,
)
from savings.services import Parties
from tests.savings import breaking, ledger
from tests.savings.breaking import Ground

Insert = Callable[..., None]

MODELS: tuple[type[models.Model], ...] = (
    Proposal,
    Agreement,
    Dispute,
    ClosedStatement,
    StatementReport,
    KeptScenario,
    ScenarioVersion,
    SavingsPlan,
)
TABLES = [model._meta.db_table for model in MODELS]
SHORT = [table.removeprefix("savings_") for table in TABLES]
KEPT_AS_THEY_ARE = ("agreement", "closedstatement", "statementreport", "keptscenario", "scenarioversion", "savingsplan")

NEVER = {
    *(f"{short}_never_{done}" for short in SHORT for done in ("deleted", "truncated")),
    *(f"{short}_never_changed" for short in KEPT_AS_THEY_ARE),
}
MAY_UPDATE = {
    "savings_proposal": {"status"},
    "savings_dispute": {"withdrawn_at", "withdrawn_by_id"},
}

READ_FIRST = ("agreement_binds", "closing_binds", "keptscenario_of_a_party", "scenarioversion_follows")
"""Triggers that read a row's references before its columns are looked at."""

OF_ITS_CONTENT = "statement_report_hash_is_of_its_content"

TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[])"
CHECKS = "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'x', 't') AND conrelid = ANY(%s::regclass[])"
UNIQUES = """
    SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indisunique AND NOT indisprimary AND indrelid = ANY(%s::regclass[])
"""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, attname, conname FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
NEEDED = """
    SELECT attrelid::regclass::text, attname FROM pg_attribute
    WHERE attnotnull AND attnum > 0 AND attname <> 'id' AND attrelid = ANY(%s::regclass[])
"""
COLUMNS = (
    "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attnum > 0 AND attrelid = ANY(%s::regclass[])"
)


def by_orm(row: models.Model, using: str = "default") -> None:
    """Insert the row as Django would."""
    row.save(force_insert=True, using=using)


def by_sql(row: models.Model, using: str = "default", **instead: object) -> None:
    """Insert the row by hand, with other values in the named columns."""
    connection = connections[using]
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {field.column: field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields}
    values |= instead
    columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({places})", list(values.values()))


def execute(statement: str, *values: object, using: str = "default") -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement, values)


def rows_of(question: str, *, using: str = "default") -> list[tuple[str, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(question, [TABLES])
        return list(cursor.fetchall())


def refused_by(attempt: Callable[[], object], *, using: str = "default") -> str:
    """The name of the constraint or trigger that refuses the attempt; everything is undone."""
    with transaction.atomic(using):
        try:
            with transaction.atomic(using):
                attempt()
                execute("SET CONSTRAINTS ALL IMMEDIATE", using=using)
        except IntegrityError as error:
            return str(error.__cause__.diag.constraint_name or error.__cause__.diag.column_name)
        transaction.set_rollback(True, using)
    return "nothing"


def not_privileged(statement: str, *values: object, using: str = "default") -> bool:
    """Whether the role lacks the privilege for the statement."""
    try:
        with transaction.atomic(using):
            execute(statement, *values, using=using)
            transaction.set_rollback(True, using)
    except DatabaseError as error:
        return isinstance(error.__cause__, errors.InsufficientPrivilege)
    return False


def insert_all(rows: list[models.Model], insert: Insert, using: str = "default") -> Callable[[], None]:
    def attempt() -> None:
        for row in rows:
            insert(row, using)

    return attempt


@pytest.fixture
def ground(contract: Contract, parties: Parties) -> Ground:
    """Proposals in every status that matters, and a closed month."""
    return breaking.ground_of(contract, parties)


# Constraints, and the triggers that go before them


@pytest.mark.parametrize("insert", [by_orm, by_sql])
def test_rows_from_which_the_wrong_ones_differ_are_taken(ground: Ground, insert: Insert) -> None:
    for row in breaking.right_rows(ground):
        assert refused_by(insert_all([row], insert)) == "nothing", row


@pytest.mark.parametrize("insert", [by_orm, by_sql])
def test_every_wrong_row_is_refused_by_what_is_there_against_it(ground: Ground, insert: Insert) -> None:
    for number, (name, rows) in enumerate(breaking.wrong_rows(ground)):
        with transaction.atomic():
            insert_all(rows[:-1], insert)()
            assert refused_by(insert_all(rows[-1:], insert)) == name, f"{number}: {vars(rows[-1])}"
            transaction.set_rollback(True)


def test_provider_s_silence_is_the_one_reason_to_close_on_one_agreement(ground: Ground) -> None:
    by_orm(breaking.agreement(ground))
    execute("UPDATE savings_proposal SET status = 'part_agreed' WHERE id = %s", ground.april.pk)
    alone = breaking.statement_on(ground.april, ground)
    explained = breaking.statement_on(ground.april, ground, unanswered_because="Written to twice.")

    assert refused_by(lambda: by_sql(alone)) == "closing_binds"
    assert refused_by(lambda: by_sql(explained)) == "nothing"


def test_the_council_s_silence_is_none(ground: Ground) -> None:
    by_orm(breaking.agreement(ground, side="provider", agreed_by=ground.parties.provider_staff))
    execute("UPDATE savings_proposal SET status = 'part_agreed' WHERE id = %s", ground.april.pk)
    explained = breaking.statement_on(ground.april, ground, unanswered_because="The council is silent.")

    assert refused_by(lambda: by_sql(explained)) == "closing_binds"


def test_every_reference_is_to_a_row_that_is_there(ground: Ground) -> None:
    """Where a trigger reads the row that is referred to, it refuses first."""
    first = {
        ("savings_agreement", "proposal_id"): "agreement_binds",
        ("savings_agreement", "agreed_by_id"): "agreement_binds",
        ("savings_agreement", "proposed_by_id"): "agreement_binds",
        ("savings_closedstatement", "contract_id"): "closing_binds",
        ("savings_closedstatement", "proposal_id"): "closing_binds",
        ("savings_keptscenario", "contract_id"): "keptscenario_of_a_party",
        ("savings_keptscenario", "organisation_id"): "keptscenario_of_a_party",
        ("savings_keptscenario", "made_by_id"): "keptscenario_of_a_party",
        ("savings_scenarioversion", "scenario_id"): "scenarioversion_follows",
        ("savings_scenarioversion", "recorded_by_id"): "scenarioversion_follows",
    }
    right = {row._meta.db_table: row for row in breaking.right_rows(ground)}
    found = rows_of(FOREIGN_KEYS)
    assert len(found) == 19
    for table, column, key in found:
        instead = {column: breaking.NOBODY} | ({"withdrawn_at": breaking.AT} if column == "withdrawn_by_id" else {})
        refusal = refused_by(lambda row=right[table], instead=instead: by_sql(row, **instead))
        assert refusal == first.get((table, column), key)


def test_every_needed_column_is_needed(ground: Ground) -> None:
    right = {row._meta.db_table: row for row in breaking.right_rows(ground)}
    found = rows_of(NEEDED)
    assert len(found) > 40
    for table, column in found:
        refusal = refused_by(lambda row=right[table], column=column: by_sql(row, **{column: None}))
        assert refusal in {column, *READ_FIRST}


def test_constraints_hold_behind_switched_off_triggers(settled: Ground) -> None:
    for name, rows in breaking.wrong_behind_triggers(settled):
        for insert in (by_orm, by_sql):
            with triggers_off(rows[-1]._meta.db_table):
                assert refused_by(insert_all(rows, insert, "owner"), using="owner") == name


def test_hash_of_a_report_has_the_form_of_a_sha256_even_where_it_is_not_compared(settled: Ground) -> None:
    """The comparison with the content, which always refuses first, is taken away for a transaction that is undone."""
    with transaction.atomic("owner"):
        execute(f"ALTER TABLE savings_statementreport DROP CONSTRAINT {OF_ITS_CONTENT}", using="owner")
        row = breaking.report(settled, sha256=breaking.CONTENT_SHA256.upper())
        assert refused_by(lambda: by_sql(row, "owner"), using="owner") == "statement_report_hash_is_sha256"
        transaction.set_rollback(True, "owner")


# Changes


def test_proposal_moves_only_along_its_lifecycle(ground: Ground) -> None:
    by_hand = "UPDATE savings_proposal SET status = %s WHERE id = %s"
    for proposed, status in breaking.wrong_statuses(ground):
        assert refused_by(lambda p=proposed, s=status: execute(by_hand, s, p.pk)) == "proposal_moves_along"
        by_django = Proposal.objects.filter(pk=proposed.pk)
        assert refused_by(lambda rows=by_django, s=status: rows.update(status=s)) == "proposal_moves_along"
    assert refused_by(lambda: Proposal.objects.filter(pk=ground.march.pk).update(status="lapsed")) == "nothing"


def test_dispute_is_withdrawn_once_by_somebody(ground: Ground) -> None:
    rows = Dispute.objects.filter(pk=ground.dispute.pk)
    by, other = ground.parties.provider_staff, ground.parties.officer
    by_hand = "UPDATE savings_dispute SET withdrawn_at = %s, withdrawn_by_id = %s WHERE id = %s"

    assert refused_by(lambda: rows.update(withdrawn_at=breaking.AT)) == "dispute_withdrawn_by_someone"
    assert refused_by(lambda: rows.update(withdrawn_by=by)) == "dispute_withdrawn_by_someone"
    rows.update(withdrawn_at=breaking.AT, withdrawn_by=by)
    assert refused_by(lambda: rows.update(withdrawn_by=other)) == "dispute_withdrawn_once"
    assert refused_by(lambda: execute(by_hand, None, None, ground.dispute.pk)) == "dispute_withdrawn_once"


# Privileges


def test_application_may_add_rows_and_change_three_columns_and_nothing_else(db: None) -> None:
    for table in TABLES:
        for role in ("pbr_application", "pbr_agent"):
            held = {
                privilege
                for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
                if rows_with(f"has_table_privilege('{role}', '{table}', '{privilege}')")
            }
            assert held == ({"SELECT", "INSERT"} if role == "pbr_application" else set()), (table, role)
    may_update = {
        (table, column)
        for table, column in rows_of(COLUMNS)
        if rows_with(f"has_column_privilege('pbr_application', '{table}', '{column}', 'UPDATE')")
    }
    assert may_update == {(table, column) for table, columns in MAY_UPDATE.items() for column in columns}


def rows_with(condition: str) -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {condition}")
        return bool(cursor.fetchone()[0])


def test_application_cannot_change_delete_or_empty_what_is_kept(ground: Ground) -> None:
    for table, column in rows_of(COLUMNS):
        if column not in MAY_UPDATE.get(table, set()):
            assert not_privileged(f"UPDATE {table} SET {column} = {column}"), (table, column)
    for table in TABLES:
        assert not_privileged(f"DELETE FROM {table}"), table
        assert not_privileged(f"TRUNCATE {table} CASCADE"), table


def test_application_cannot_get_round_the_triggers(db: None) -> None:
    for name, table in zip(SHORT, TABLES, strict=True):
        assert not_privileged(f"ALTER TABLE {table} DISABLE TRIGGER ALL"), table
        assert not_privileged(f"ALTER TABLE {table} DISABLE TRIGGER {name}_never_deleted"), table
        assert not_privileged(f"DROP TRIGGER {name}_never_deleted ON {table}"), table
        assert not_privileged(f"ALTER TABLE {table} OWNER TO pbr_application"), table
        assert not_privileged(f"DROP TABLE {table} CASCADE"), table
    assert not_privileged("SET session_replication_role = 'replica'")
    assert not_privileged("SET ROLE pbr_owner")
    assert not_privileged("SET SESSION AUTHORIZATION pbr_owner")
    for function in (
        "savings_closing_binds",
        "savings_agreement_binds",
        "savings_proposal_moves_along",
        "savings_keptscenario_of_a_party",
        "savings_scenarioversion_follows",
    ):
        assert not_privileged(
            f"CREATE OR REPLACE FUNCTION public.{function}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        ), function
    assert not_privileged("CREATE TABLE public.savings_closedstatement_of_mine (id bigint)")


def test_django_is_refused_too(ground: Ground) -> None:
    january = ground.january
    attempts: list[Callable[[], object]] = [
        january.save,
        lambda: ClosedStatement.objects.filter(pk=january.pk)._raw_delete("default"),
        lambda: ClosedStatement.objects.update(document="{}"),
        Agreement.objects.all().delete,
        lambda: Agreement.objects.update(digest=breaking.OTHER_DIGEST),
        lambda: Proposal.objects.update(document="{}"),
        lambda: Dispute.objects.update(reason="Quite so."),
    ]
    for number, attempt in enumerate(attempts):
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            attempt()
        assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege), number


@pytest.mark.django_db(databases=["default", "agent"])
def test_paying_agent_s_role_reads_nothing(parties: Parties) -> None:
    assert len(ledger.row_counts()) > 30
    for table in ledger.row_counts():
        assert not_privileged(f"SELECT FROM {table} LIMIT 1", using="agent"), table
        assert not_privileged(f"INSERT INTO {table} DEFAULT VALUES", using="agent"), table


# As the owner, whom only the triggers stop


@pytest.fixture
def settled(transactional_db: None) -> Ground:
    """The ground, committed."""
    parties = ledger.parties()
    return breaking.ground_of(ledger.small_contract(parties), parties)


@contextmanager
def triggers_off(table: str) -> Iterator[None]:
    """With the table's triggers switched off by its owner, for a transaction that is undone."""
    with transaction.atomic("owner"):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER", using="owner")
        yield
        transaction.set_rollback(True, "owner")


pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_not_even_the_owner_changes_deletes_or_empties_what_is_kept(settled: Ground) -> None:
    by_orm(breaking.report(settled))
    refused = set()
    for name, table in zip(SHORT, TABLES, strict=True):
        attempts = {
            f"{name}_never_deleted": f"DELETE FROM {table}",
            f"{name}_never_truncated": f"TRUNCATE {table} CASCADE",
        }
        if f"{name}_never_changed" in NEVER:
            attempts[f"{name}_never_changed"] = f"UPDATE {table} SET id = id"
        for trigger, statement in attempts.items():
            assert refused_by(lambda said=statement: execute(said, using="owner"), using="owner") == trigger
            refused.add(trigger)
    assert refused == NEVER


@pytest.mark.parametrize(
    ("statement", "trigger"),
    [
        ("UPDATE savings_proposal SET document = '{}'", "proposal_moves_along"),
        ("UPDATE savings_proposal SET status = 'lapsed', digest = repeat('ab', 32)", "proposal_moves_along"),
        ("UPDATE savings_dispute SET reason = 'Quite so.'", "dispute_withdrawn_once"),
        ("UPDATE savings_dispute SET side = 'council'", "dispute_withdrawn_once"),
    ],
)
def test_not_even_the_owner_changes_what_was_proposed_or_disputed(
    settled: Ground, statement: str, trigger: str
) -> None:
    where = " WHERE status = 'agreed'" if "savings_proposal" in statement else ""
    assert refused_by(lambda: execute(statement + where, using="owner"), using="owner") == trigger


# Nothing is forgotten


def test_every_constraint_and_trigger_of_the_database_is_broken_by_some_test(ground: Ground) -> None:
    in_the_database = {name for question in (TRIGGERS, CHECKS, UNIQUES) for (name,) in rows_of(question)}
    broken = {
        *(name for name, _ in breaking.wrong_rows(ground)),
        *(name for name, _ in breaking.wrong_behind_triggers(ground)),
        *NEVER,
        "proposal_moves_along",
        "dispute_withdrawn_once",
        "statement_report_hash_is_sha256",
        "closed_statement_makes_event",  # refuses nothing: tests/api/test_wall.py
    }
    assert in_the_database == broken
