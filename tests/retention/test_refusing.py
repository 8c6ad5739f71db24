"""What destroying refuses, to whom, and what is found of what it leaves."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from cohort.models import Contract, Erasure
from invoicing.queries.checks import check_everything
from invoicing.queries.retention import kept_until
from invoicing.services import retention
from invoicing.services.retention import AlreadyErased, Busy, NotDueYet, NotWhole, erase
from pbr_ledger.audit.models import ERASED, AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotPermitted
from pbr_ledger.words import day_shown
from tests.api.test_canary import CANARY
from tests.invoicing.settling import World
from tests.refusals import execute, forbidden, refused_by
from tests.retention.ground import attach, on_the_day
from tests.savings import ledger

BOTH = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def retain(*arguments: str) -> str:
    """What `manage.py retain` prints."""
    out = io.StringIO()
    call_command("retain", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def findings() -> list[str]:
    """What check_ledger finds of everything."""
    return [str(each) for each in check_everything()]


def small() -> World:
    """A contract with one closed month, its invoice approved, and an evidence file."""
    world = World.of(ledger.scenario("penny-rounding"))
    world.all_approved()
    return world


@BOTH
def test_contract_whose_time_is_not_over_is_refused_even_to_the_owner(transactional_db: None):
    world = small()
    accountant, key = world.parties.accountant, world.contract.pk
    call = "SELECT retention_erase(%s, %s, %s)"
    with pytest.raises(NotDueYet, match=r"^EXAMPLE is kept until .* Nothing was destroyed\.$"):
        erase(contract=world.contract, by=accountant)
    with refused_by("retention_time_is_over", "owner"):
        execute(call, [key, 6, accountant.pk], alias="owner")
    with on_the_day("2033-01-01"):
        with refused_by("retention_time_is_over", "owner"):
            execute(call, [key, 5, accountant.pk], alias="owner")
        with refused_by("retention_time_is_over", "owner"):
            execute(call, [key, 7, accountant.pk], alias="owner")
        erase(contract=world.contract, by=accountant)
        with refused_by("retention_only_once", "owner"):
            execute(call, [key, 6, accountant.pk], alias="owner")
        with pytest.raises(AlreadyErased, match=r"^EXAMPLE was erased on "):
            erase(contract=world.contract, by=accountant)
    assert retain() == (
        f"EXAMPLE: erased on {day_shown(DATABASE_CLOCK.read(after=None).date())}.\n"
        "Nothing was destroyed. --destroy --contract REFERENCE --by EMAIL does it.\n"
    )


@BOTH
def test_the_day_on_which_the_years_are_over_is_the_first_one(transactional_db: None):
    world = small()
    due = kept_until(world.contract).due_on
    assert due is not None
    with on_the_day(str(due - timedelta(days=1))), pytest.raises(NotDueYet):
        erase(contract=world.contract, by=world.parties.accountant)
    with on_the_day(str(due)):
        assert erase(contract=world.contract, by=world.parties.accountant).due_on == due


@BOTH
def test_somebody_who_writes_all_the_while_is_not_waited_for_and_nothing_is_destroyed(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
):
    world = small()
    monkeypatch.setattr(retention, "PATIENCE", "100ms")
    said = r"^Others are writing: nothing was destroyed of EXAMPLE\. Try again later\.$"
    with on_the_day("2033-01-01"):
        with transaction.atomic():
            Contract.objects.select_for_update().get(pk=world.contract.pk)
            with pytest.raises(Busy, match=said):
                erase(contract=world.contract, by=world.parties.accountant)
        assert not Erasure.objects.exists()
        erase(contract=world.contract, by=world.parties.accountant)
    assert Erasure.objects.exists()


@BOTH
def test_application_can_neither_destroy_nor_pretend(transactional_db: None, subtests: pytest.Subtests):
    world = small()
    key, person = world.contract.pk, world.parties.accountant.pk
    for statement in [
        f"SELECT retention_erase({key}, 6, {person})",
        f"SELECT retention_ends_on({key})",
        "SELECT retention_totals('{}')",
        "CREATE OR REPLACE FUNCTION retention_today() RETURNS date LANGUAGE sql RETURN DATE '2099-01-01'",
        f"INSERT INTO cohort_erasure VALUES ({key}, '2020-01-01', '2026-01-01', now(), '{{}}', 0, '{{}}', {person})",
        "UPDATE cohort_erasure SET files_left = '{}'",
        "DELETE FROM cohort_erasure",
        "DELETE FROM cohort_childversion",
        "UPDATE audit_auditevent SET erased_by = 1000",
    ]:
        with subtests.test(statement), forbidden():
            execute(statement)
    # Granted by mistake, it is of no use: it works with the privileges of whoever calls it.
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT EXECUTE ON FUNCTION retention_erase(bigint, integer, bigint) TO pbr_application")
        try:
            with forbidden():
                execute(f"SELECT retention_erase({key}, 6, {person})")
        finally:
            cursor.execute("REVOKE EXECUTE ON FUNCTION retention_erase(bigint, integer, bigint) FROM pbr_application")
    with refused_by("audit_event_begins_whole"), transaction.atomic():
        AuditEvent.objects.create(**right_event(), erased_by=9)
    with triggers_off("audit_auditevent"), refused_by("audit_event_erased_by_a_later_one", "owner"):
        execute("UPDATE audit_auditevent SET erased_by = sequence", alias="owner")


def right_event() -> dict[str, object]:
    """An event that would be taken, but for what is put into it."""
    last = AuditEvent.objects.order_by("pk").last()
    assert last is not None
    columns = ("stream_id", "at", "actor_name", "action", "subject", "detail", "previous_hash", "hash")
    return {name: getattr(last, name) for name in columns} | {"sequence": last.sequence + 1}


@BOTH
def test_only_the_lead_accountant_of_the_council_orders_it_and_of_a_contract_that_is_whole(
    transactional_db: None, in_2033: None
):
    world = small()
    for by in (world.parties.officer, world.parties.provider_staff, ledger.administrator()):
        with pytest.raises(NotPermitted):
            erase(contract=world.contract, by=by)
    with pytest.raises(CommandError, match=r"Nobody here has the address nobody@nowhere\.example\."):
        retain("--contract", "EXAMPLE", "--destroy", "--by", "nobody@nowhere.example")
    with pytest.raises(CommandError, match="Say which contract"):
        retain("--destroy", "--by", world.parties.accountant.email)
    with triggers_off("cohort_placementrate"):
        execute("UPDATE cohort_placementrate SET weekly = weekly + 7", alias="owner")
    with pytest.raises(NotWhole, match=r"^check_ledger has .* Nothing was destroyed\.$"):
        erase(contract=world.contract, by=world.parties.accountant)
    assert not Erasure.objects.exists()


@BOTH
def test_whatever_is_changed_of_what_is_left_is_found(transactional_db: None, in_2033: None, subtests):
    world = small()
    erasure = erase(contract=world.contract, by=world.parties.accountant)
    assert findings() == []
    entry = AuditEvent.objects.get(action=ERASED)
    detail = json.loads(entry.detail)
    assert (detail["rows"], detail["files"], entry.actor_email) == (
        erasure.rows,
        0,
        world.parties.accountant.email,
    )
    assert switched_off() == []
    with refused_by("child_never_deleted", "owner"):
        execute("INSERT INTO cohort_child (contract_id, reference) VALUES (%s, 'X')", [world.contract.pk], "owner")
        execute("DELETE FROM cohort_child", alias="owner")
    for change, name in [
        ("UPDATE cohort_erasure SET files = 7", "erasure_kept"),
        ("UPDATE cohort_erasure SET files_left = '{x}'", "erasure_kept"),
        ("DELETE FROM cohort_erasure", "erasure_never_deleted"),
        ("TRUNCATE cohort_erasure", "erasure_never_truncated"),
    ]:
        with refused_by(name, "owner"):
            execute(change, alias="owner")
    erased = AuditEvent.objects.filter(erased_by=entry.sequence).order_by("sequence")
    first, seals = erased[0], f"contract:EXAMPLE, event {entry.sequence}"
    unsealed = f"{seals}: does not seal what is left of the events that it erased"
    for table, change, undo, found in [
        ("audit_auditevent", f"actor_name = 'X' WHERE id = {first.pk}", f"actor_name = '{first.actor_name}'", unsealed),
        ("audit_auditevent", f"subject = 'X' WHERE id = {first.pk}", "subject = ''", unsealed),
        ("audit_auditevent", f"erased_by = NULL WHERE id = {first.pk}", f"erased_by = {entry.sequence}", unsealed),
    ]:
        with subtests.test(change), triggers_off(table):
            execute(f"UPDATE {table} SET {change}", alias="owner")
            assert found in findings()
            execute(f"UPDATE {table} SET {undo} WHERE id = {first.pk}", alias="owner")
            assert findings() == []
    with triggers_off("savings_closedstatement"):
        execute(
            "UPDATE savings_closedstatement SET document = replace(document, '\"run_rate\"', '\"runrate\"')",
            alias="owner",
        )
        assert "EXAMPLE: its totals are not those that were left when it was erased" in findings()
    with triggers_off("audit_auditevent"):
        execute("DELETE FROM audit_auditevent WHERE sequence = %s", [entry.sequence], "owner")
        assert [text for text in findings() if "no event further on says why" in text] != []


def switched_off() -> list[str]:
    """Triggers that do not work now."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'")
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def triggers_off(table: str) -> Iterator[None]:
    """Only the owner can do this."""
    execute(f"ALTER TABLE {table} DISABLE TRIGGER USER", alias="owner")
    try:
        yield
    finally:
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER", alias="owner")


@BOTH
def test_interrupted_erasure_is_finished_by_the_next_one(
    transactional_db: None, in_2033: None, settings, tmp_path: Path
):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    world = small()
    attach(world, CANARY)
    files = [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT retention_erase(%s, 6, %s)", [world.contract.pk, world.parties.accountant.pk])
    assert (len(files), files[0].exists()) == (1, True)
    said = retain("--contract", "EXAMPLE", "--destroy", "--by", world.parties.accountant.email)
    assert said.endswith("There was nothing to do but to take 1 file off the disk.\n")
    assert (files[0].exists(), Erasure.objects.get().files, Erasure.objects.get().files_left) == (False, 1, [])
