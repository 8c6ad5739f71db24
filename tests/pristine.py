"""Puts the test database back as the migrations left it, after a test that committed.

Django would flush with TRUNCATE, as the role under test. Both fail here on purpose: the application may truncate
nothing, and append-only tables refuse it by trigger. And what a migration had put in would be gone afterwards. So this
works as the owner, over a connection of its own, with user triggers off around it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import psycopg
from django.db import connection, connections
from psycopg import sql

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'django_migrations'
        AND has_table_privilege(oid, 'SELECT')
    ORDER BY relname
"""
SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
TRIGGERS = """
    SELECT relname, tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace AND tgenabled <> 'D' AND relname = ANY(%s)
"""
SET_SEQUENCES = """
    SELECT setval(quote_ident(name)::regclass, value, is_called)
    FROM unnest(%s::text[], %s::bigint[], %s::boolean[]) AS kept (name, value, is_called)
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
        with _owner() as own, own.cursor() as cursor:
            return cls(_rows(cursor), cursor.execute(SEQUENCES).fetchall())

    @classmethod
    def seen_by_the_test(cls) -> Self:
        """Reads every row as the test sees it, whose transaction may still be open.

        What the application may not read, it did not write: there the rows are those that are committed.
        """
        committed = cls.photograph()
        connection.ensure_connection()
        with connection.cursor() as wrapped:
            return cls(committed._rows | _rows(wrapped.cursor), committed._sequences)

    def restore(self) -> None:
        """Makes the tables and sequences hold what they held then. Of tables that still do, none is touched.

        Rows are deleted: most tests write few, and to truncate every table cost seven times as much.
        """
        with _owner() as own, own.cursor() as cursor:
            cursor.execute(LOCK_PATIENCE)
            changed = self._changed(cursor)
            with _triggers_off(cursor, changed):
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                for table in changed:
                    cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                for table in changed:
                    if self._rows[table]:
                        _put(cursor, table, self._rows[table])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger switches while a check is pending
            names, firsts, lasts = zip(*self._sequences, strict=True)
            values = [first if last is None else last for first, last in zip(firsts, lasts, strict=True)]
            cursor.execute(SET_SEQUENCES, (list(names), values, [last is not None for last in lasts]))

    def _changed(self, cursor: psycopg.Cursor) -> list[str]:
        """The tables that hold something else now."""
        looks = [sql.SQL("EXISTS (SELECT FROM {})").format(sql.Identifier(table)) for table in self._rows]
        filled = cursor.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(looks))).fetchone()
        assert filled is not None
        return [
            table
            for (table, content), is_filled in zip(self._rows.items(), filled, strict=True)
            if (is_filled or content) and _contents(cursor, table) != content
        ]


@contextmanager
def _owner() -> Iterator[psycopg.Connection]:
    """One transaction as pbr_owner, on a connection that Django's guard over a test's databases does not know."""
    parameters = connections["owner"].get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    with psycopg.connect(**known) as own:
        yield own


def _rows(cursor: psycopg.Cursor) -> dict[str, bytes]:
    return {table: _contents(cursor, table) for (table,) in cursor.execute(TABLES).fetchall()}


def _contents(cursor: psycopg.Cursor, table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))) as copy:
        content = b"".join(copy)
    return content if cursor.rowcount else b""


def _put(cursor: psycopg.Cursor, table: str, content: bytes) -> None:
    with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))) as copy:
        copy.write(content)


@contextmanager
def _triggers_off(cursor: psycopg.Cursor, tables: list[str]) -> Iterator[None]:
    triggers: dict[str, list[tuple[str, str]]] = {}
    for table, name, enabled in cursor.execute(TRIGGERS, (tables,)).fetchall():
        state = enabled if isinstance(enabled, bytes) else enabled.encode()
        triggers.setdefault(table, []).append((name, SWITCHED_ON[state]))
    for table, switched in triggers.items():
        _alter(cursor, table, [("DISABLE TRIGGER", name) for name, _ in switched])
    yield
    for table, switched in triggers.items():
        _alter(cursor, table, [(how, name) for name, how in switched])


def _alter(cursor: psycopg.Cursor, table: str, switches: list[tuple[str, str]]) -> None:
    parts = [sql.SQL(how + " {}").format(sql.Identifier(name)) for how, name in switches]
    cursor.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), sql.SQL(", ").join(parts)))
