"""Puts the test database back as the migrations left it, after a test that committed.

Django would flush with TRUNCATE, as the role under test. Both fail here on purpose: the application may truncate
nothing, and append-only tables refuse it by trigger. And what a migration had put in would be gone afterwards. So this
works as the owner, over a connection of its own, with user triggers off around it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import psycopg
from django.db import connections
from psycopg import sql

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'django_migrations' ORDER BY relname
"""
SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
TRIGGERS = """
    SELECT relname, tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace AND tgenabled <> 'D'
"""
SWITCHED_ON = {b"O": "ENABLE TRIGGER", b"A": "ENABLE ALWAYS TRIGGER", b"R": "ENABLE REPLICA TRIGGER"}
LOCK_PATIENCE = "SET LOCAL lock_timeout = '10s'"  # a connection left in a transaction would stop us for ever


class Pristine:
    """What the tables and sequences held when the photograph was taken."""

    def __init__(self, rows: dict[str, bytes], sequences: list[tuple[str, int, int | None]]) -> None:
        self._rows = rows
        self._sequences = sequences

    @classmethod
    def photograph(cls) -> Self:
        """Reads every row of the test database as it is now."""
        with _owner() as connection, connection.cursor() as cursor:
            rows = {table: _contents(cursor, table) for (table,) in cursor.execute(TABLES).fetchall()}
            return cls(rows, cursor.execute(SEQUENCES).fetchall())

    def restore(self) -> None:
        """Makes the tables and sequences hold what they held then."""
        with _owner() as connection, connection.cursor() as cursor:
            cursor.execute(LOCK_PATIENCE)
            with _triggers_off(cursor):
                tables = sql.SQL(", ").join(map(sql.Identifier, self._rows))
                cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                for table, content in self._rows.items():
                    if content:
                        _put(cursor, table, content)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger switches while a check is pending
            for name, first, last in self._sequences:
                value = (first, False) if last is None else (last, True)
                cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", (name, *value))


@contextmanager
def _owner() -> Iterator[psycopg.Connection]:
    """One transaction as pbr_owner, on a connection that Django's guard over a test's databases does not know."""
    parameters = connections["owner"].get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    with psycopg.connect(**known) as connection:
        yield connection


def _contents(cursor: psycopg.Cursor, table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))) as copy:
        content = b"".join(copy)
    return content if cursor.rowcount else b""


def _put(cursor: psycopg.Cursor, table: str, content: bytes) -> None:
    with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))) as copy:
        copy.write(content)


@contextmanager
def _triggers_off(cursor: psycopg.Cursor) -> Iterator[None]:
    triggers = cursor.execute(TRIGGERS).fetchall()
    for table, name, _ in triggers:
        _alter(cursor, table, "DISABLE TRIGGER", name)
    yield
    for table, name, enabled in triggers:
        _alter(cursor, table, SWITCHED_ON[enabled if isinstance(enabled, bytes) else enabled.encode()], name)


def _alter(cursor: psycopg.Cursor, table: str, how: str, trigger: str) -> None:
    statement = sql.SQL("ALTER TABLE {} " + how + " {}")
    cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(trigger)))
