"""The paying agent's wall: what its role may read, and that nothing about a child or a carer is behind it."""

import re

import pytest
from django.db import DatabaseError, connections, transaction
from psycopg import errors

from invoicing.models.events import Event
from invoicing.services.invoices import release
from invoicing.services.payments import reverse_payment
from tests.api.programs import Ground
from tests.invoicing.settling import World, at
from tests.refusals import execute
from tests.savings import ledger

BOTH = pytest.mark.django_db(databases=["default", "agent"])
COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "agent"])
RELATIONS = """
    SELECT relname, relkind = 'v' AND starts_with(relname, 'agent_') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f')
"""
WALL = {
    "agent_allocation",
    "agent_contract",
    "agent_event",
    "agent_invoice",
    "agent_invoice_correction",
    "agent_invoice_document",
    "agent_invoice_vat",
    "agent_payment",
    "agent_set_off",
}


def rows(sql: str, alias: str = "agent") -> list[tuple]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@BOTH
def test_the_agents_role_reads_its_views_and_is_refused_on_everything_else(subtests: pytest.Subtests):
    found = dict(rows(RELATIONS))
    assert {name for name, is_view in found.items() if is_view} == WALL
    assert len(found) > 50
    for name, is_view in found.items():
        with subtests.test(name), transaction.atomic("agent"):
            if is_view:
                execute(f"SELECT count(*) FROM {name}", alias="agent")
            else:
                with pytest.raises(DatabaseError) as refusal, transaction.atomic("agent"):
                    execute(f"SELECT FROM {name}", alias="agent")
                assert isinstance(refusal.value.__cause__, errors.InsufficientPrivilege)
    privileges = "SELECT has_any_column_privilege(relname::text, 'INSERT, UPDATE, REFERENCES') FROM pg_class"
    assert set(rows(f"{privileges} WHERE relkind = 'v' AND starts_with(relname, 'agent_')")) == {(False,)}
    for attack in ("CREATE TABLE public.mine ()", "SET ROLE pbr_owner", "SET ROLE pbr_application"):
        with pytest.raises(DatabaseError), transaction.atomic("agent"):
            execute(attack, alias="agent")


@BOTH
def test_no_view_leads_around_the_wall():
    """A function that shows what a view's condition sees is asked only after it, and no function of ours is granted."""
    barriers = rows(
        "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
        " AND 'security_barrier=true' = ANY(reloptions)"
    )
    assert {name for (name,) in barriers} == WALL
    ours = rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype"
        " AND prosecdef AND has_function_privilege(oid, 'EXECUTE')"
    )
    assert ours == []


@COMMITTED
def test_the_agents_reads_run_as_its_role_and_never_as_the_applications(here: Ground, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def heard(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(heard):
        for address in ("contracts", "invoices", "payments", "set-offs", "events"):
            assert here.agent.get(address).status_code == 200
    tables = set(re.findall(r'(?:FROM|JOIN) "?([a-z_0-9]+)', " ".join(asked)))
    assert not {name for name in tables if name.startswith(("cohort_", "savings_", "invoicing_", "agent_"))}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_events_are_made_with_what_they_tell_of_and_by_nothing_else():
    world = World.of(ledger.scenario("mid-month-move"))
    assert set(Event.objects.values_list("kind", flat=True)) == {"statement.closed"}
    first = world.issue(world.drafts()[0])
    held = world.hold(first)
    released = release(invoice=held, by=world.parties.officer, clock=at("2026-06-09 12:00"), reason="Found it")
    approved = world.approve(released, "2026-06-09 13:00")
    paid = world.pay([(approved, "1.00")])
    reverse_payment(payment=paid, reason="Twice", by=world.clerk, clock=at("2026-06-21 13:00"))
    kinds = Event.objects.exclude(kind="statement.closed").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        "invoice.held",
        "invoice.released",
        "invoice.approved",
        "payment.recorded",
        "payment.reversed",
    ]
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        execute(
            "INSERT INTO invoicing_event (kind, at, contract_id, invoice_id)"
            f" VALUES ('invoice.approved', now(), {world.contract.pk}, {approved.pk})"
        )
    assert isinstance(refusal.value.__cause__, errors.InsufficientPrivilege)
