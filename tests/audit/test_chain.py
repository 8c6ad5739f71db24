"""The activity log: rows chained by hash, only ever added, and every flipped byte found."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from pbr_ledger.audit import queries, services
from pbr_ledger.audit.models import GENESIS, AuditEvent, AuditStream
from pbr_ledger.audit.services import AuditOutsideTransaction, Entry
from tests.refusals import execute, forbidden, refused_by

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def record(*, stream: str = "contract:A", **detail: object) -> AuditEvent:
    """An event at noon, by the system."""
    with transaction.atomic():
        return services.record(
            stream=stream, by=None, action="fact.recorded", subject="child C01", detail=detail, at=NOON
        )


def messages(stream: str = "contract:A") -> list[str]:
    """What is found wrong with the stream."""
    return [str(finding) for finding in queries.verify(stream)]


def test_each_event_carries_the_hash_of_the_one_before(db: None) -> None:
    first, second = record(a=1), record(b="ü")

    assert (first.sequence, first.previous_hash) == (1, GENESIS)
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    assert queries.head("contract:A") == queries.Head("contract:A", 2, second.hash)
    assert messages() == []


def test_hash_is_over_all_that_the_event_says(db: None) -> None:
    said = (
        '{"action":"fact.recorded","actor":{"email":"","id":null,"name":"The system"},'
        '"at":"2026-03-02T12:00:00.000000+00:00","detail":"{\\"a\\":1}",'
        f'"previous_hash":"{GENESIS}","sequence":1,"stream":"contract:A","subject":"child C01"}}'
    )
    assert record(a=1).hash == hashlib.sha256(said.encode()).hexdigest()


def test_streams_are_chained_apart(db: None) -> None:
    record(stream="contract:A")
    other = record(stream="people")

    assert (other.sequence, other.previous_hash) == (1, GENESIS)
    assert queries.head("nothing") == queries.Head("nothing", 0, GENESIS)
    assert queries.verify_all() == []


def test_many_events_at_once_are_chained_as_one_by_one(db: None) -> None:
    entries = [Entry("fact.recorded", "child C01", {"number": number}, NOON) for number in range(3)]
    with transaction.atomic():
        events = services.record_all(stream="contract:A", by=None, entries=entries)
        assert services.record_all(stream="contract:A", by=None, entries=[]) == []

    assert [event.sequence for event in events] == [1, 2, 3]
    assert [event.detail for event in events] == ['{"number":0}', '{"number":1}', '{"number":2}']
    assert messages() == []


@pytest.mark.django_db(transaction=True)
def test_event_is_refused_outside_a_transaction() -> None:
    with pytest.raises(AuditOutsideTransaction):
        services.record(stream="contract:A", by=None, action="a", subject="", detail={}, at=NOON)


def test_event_and_change_are_undone_together(db: None) -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)

    assert queries.head("contract:A").length == 0


@pytest.mark.parametrize("detail", [{"share": float("nan")}, {"at": NOON}])
def test_detail_that_is_no_json_is_refused(db: None, detail: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        record(**detail)


FLIPS = [
    "action = 'fact.retracted'",
    "subject = 'child C02'",
    "detail = '{\"a\":2}'",
    "at = at + interval '1 microsecond'",
    "actor_name = 'Somebody'",
    "actor_email = 'x'",
    "actor_id = 1",
    "previous_hash = repeat('f', 64)",
    "hash = repeat('f', 64)",
    "sequence = 7",
]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_one_changed_byte_anywhere_in_the_middle_is_found(subtests: pytest.Subtests) -> None:
    for _ in range(3):
        record(a=1)
    second = AuditEvent.objects.using("owner").filter(sequence=2)
    whole = second.values().get()
    with triggers_off():
        for flip in FLIPS:
            with subtests.test(flip):
                execute(f"UPDATE audit_auditevent SET {flip} WHERE sequence = 2", alias="owner")
                assert messages() != []
                AuditEvent.objects.using("owner").filter(pk=whole["id"]).update(**whole)
                assert messages() == []


@contextmanager
def triggers_off() -> Iterator[None]:
    """Only the owner can do this; then nothing but the hashes tells what was changed."""
    execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER", alias="owner")
    try:
        yield
    finally:
        execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER", alias="owner")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_cut_tail_and_missing_event_are_found() -> None:
    for _ in range(3):
        record()
    with triggers_off():
        execute("DELETE FROM audit_auditevent WHERE sequence = 3", alias="owner")
        assert messages() == ["contract:A, event 2: is the last, but the head says 3 events"]
        execute("DELETE FROM audit_auditevent WHERE sequence = 1", alias="owner")
        assert messages() == [
            "contract:A, event 1: is missing; the next is number 2",
            "contract:A, event 2: does not carry the hash of the event before it",
            "contract:A, event 2: is the last, but the head says 3 events",
        ]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_too_can_only_add() -> None:
    record()
    for change, name in [
        ("UPDATE audit_auditevent SET subject = subject", "audit_event_never_changed"),
        ("DELETE FROM audit_auditevent", "audit_event_never_changed"),
        ("TRUNCATE audit_auditevent", "audit_event_never_truncated"),
        ("DELETE FROM audit_auditstream", "audit_stream_never_deleted"),
        ("TRUNCATE audit_auditstream CASCADE", "audit_stream_never_truncated"),
        ("UPDATE audit_auditstream SET name = 'x', length = 2", "audit_stream_only_grows"),
    ]:
        with refused_by(name, "owner"):
            execute(change, alias="owner")


def test_application_may_only_add(db: None) -> None:
    record()
    for statement in [
        "UPDATE audit_auditevent SET subject = subject",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER USER",
        "DELETE FROM audit_auditstream",
        "TRUNCATE audit_auditstream CASCADE",
        "UPDATE audit_auditstream SET name = name",
    ]:
        with forbidden():
            execute(statement)


def test_head_only_moves_on_to_an_event_that_was_added(db: None) -> None:
    record()
    for change in ["length = 2", "length = 0", "head_hash = repeat('f', 64)", "length = length"]:
        with refused_by("audit_stream_only_grows"):
            execute(f"UPDATE audit_auditstream SET {change}")


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("audit_event_one_at_each_place", {"sequence": 1}),
        ("audit_event_counts_from_one", {"sequence": 0}),
        ("audit_event_hashes_are_sha256", {"hash": "f" * 63}),
        ("audit_event_hashes_are_sha256", {"previous_hash": "F" * 64}),
        ("audit_event_says_who_and_what", {"action": ""}),
        ("audit_event_says_who_and_what", {"actor_name": ""}),
    ],
)
def test_every_constraint_of_an_event_is_shown_to_refuse(db: None, constraint: str, changes: dict) -> None:
    event = record()
    right = {
        "stream_id": "contract:A",
        "sequence": 2,
        "at": NOON,
        "actor_name": "X",
        "action": "x",
        "subject": "",
        "detail": "{}",
        "previous_hash": event.hash,
        "hash": event.hash,
    }
    with refused_by(constraint):
        AuditEvent.objects.create(**{**right, **changes})


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("audit_stream_named", {"name": ""}),
        ("audit_stream_head_is_sha256", {"name": "x", "head_hash": "g" * 64, "length": 1}),
        ("audit_stream_empty_at_genesis", {"name": "x", "length": 1}),
        ("audit_stream_empty_at_genesis", {"name": "x", "head_hash": "f" * 64}),
    ],
)
def test_every_constraint_of_a_stream_is_shown_to_refuse(db: None, constraint: str, values: dict) -> None:
    with refused_by(constraint):
        AuditStream.objects.create(**values)


@pytest.mark.django_db(transaction=True)
def test_events_from_four_connections_at_once_make_one_chain() -> None:
    def add(number: int) -> None:
        try:
            for _ in range(5):
                record(number=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        for added in [threads.submit(add, number) for number in range(4)]:
            added.result(60)

    assert queries.head("contract:A").length == 20
    assert messages() == []
