"""What PostgreSQL refuses, by the name of the constraint or trigger, and what a role has no privilege for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

NO_PRIVILEGE = "42501"


def cause_of(error: DatabaseError) -> psycopg.Error:
    """PostgreSQL's own error behind Django's."""
    assert isinstance(error.__cause__, psycopg.Error)
    return error.__cause__


@contextmanager
def refused_by(name: str, alias: str = "default") -> Iterator[None]:
    """The named constraint or trigger refuses what happens inside, and it is undone."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(using=alias):
        yield
    assert cause_of(refused.value).diag.constraint_name == name


@contextmanager
def forbidden(alias: str = "default") -> Iterator[None]:
    """The role has no privilege for what happens inside."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic(using=alias):
        yield
    assert cause_of(refused.value).sqlstate == NO_PRIVILEGE


def execute(statement: str, parameters: Sequence[object] = (), alias: str = "default") -> None:
    """Run one statement."""
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, parameters)
