"""The paying agent's wall: what its role may read, and that nothing about a child or a carer is behind it."""

import json
import re
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connections, transaction
from psycopg import errors

from invoicing.documents.pdf import invoice_pdf
from invoicing.documents.ubl import ubl_document
from invoicing.models import Invoice
from invoicing.models.events import Event
from invoicing.queries.documents import invoice_content
from invoicing.services.documents import store_invoice_document
from invoicing.services.invoices import release
from invoicing.services.payments import reverse_payment
from tests.api.programs import Ground, Program, payment_of
from tests.documents.reading import printed_text
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


# The canary walk

CANARY = "CANARY"


def planted(scenario: dict) -> dict:
    """The scenario with a token in every field about a child or a carer that takes text."""
    text = json.dumps(scenario)
    names = {fact["id"] for fact in scenario["facts"]} | {
        str(fact[name]) for fact in scenario["facts"] for name in ("child", "placement", "household") if fact.get(name)
    }
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(json.dumps(name), json.dumps(f"{CANARY}-{name}"))
    return json.loads(text)


def walked(agent: Program) -> Iterator[str]:
    """Every answer that the agent can get by reading lists, rows and events, with its headers."""
    for resource in ("contracts", "invoices", "payments", "set-offs"):
        for each in agent.get(f"{resource}?limit=200").json()["items"]:
            one = agent.get(f"{resource}/{each['id']}")
            yield json.dumps(one.json()) + str(dict(one.headers))
    yield json.dumps(agent.get("events?limit=200").json())


def documents(agent: Program) -> Iterator[str]:
    """Every document, as printed and as stored, with its headers."""
    for each in agent.get("invoices?limit=200").json()["items"]:
        for listed in each["documents"]:
            answer = agent.get(listed["address"].removeprefix("/api/v1/"))
            yield str(dict(answer.headers)) + answer.content.decode("latin-1")
            if listed["name"] == "document.pdf":
                yield printed_text(answer.content)


@COMMITTED
def test_no_token_planted_in_what_is_known_of_a_child_or_a_carer_is_ever_shown_to_the_agent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(0)
    source = json.loads(ledger.scenario_path("carer-fee-refund").read_bytes())
    world = World.of(ledger.read_from(planted(source)))
    first, *others = world.all_issued()
    held = world.hold(first, reason=f"{CANARY}-C01 moved")
    release(invoice=held, by=world.parties.officer, clock=at("2026-06-09 12:00"), reason=f"{CANARY}-C01 did not")
    invoices = [world.approve(each, f"2026-06-09 13:{number:02}") for number, each in enumerate((first, *others))]
    for invoice in invoices:
        content = invoice_content(Invoice.objects.select_related("contract", "statement").get(pk=invoice.pk))
        for name, media_type, made in (
            ("invoice.pdf", "application/pdf", invoice_pdf(content)),
            ("invoice.xml", "application/xml", ubl_document(content)),
        ):
            store_invoice_document(invoice=invoice, name=name, media_type=media_type, content=made)
    known = rows("SELECT string_agg(reference, ' ') FROM cohort_child", alias="default")
    assert CANARY in str(known)
    agent = Program.of(world.parties.agent)
    caplog.clear()
    owed = next(each for each in invoices if each.kind == "invoice")
    said = [agent.post("payments", payment_of(owed, "1.00")).content.decode()]
    for body in ({}, payment_of(owed, "99999999.00"), payment_of(owed, "1.00"), {"allocations": [1]}, [], "{"):
        answer = agent.post("payments", body)
        assert answer.status_code >= 400
        said.append(answer.content.decode())
    elsewhere = ("statements", "children", "claims", "households", "expenses", "placements", "nothing")
    said += [agent.get(address).content.decode() for address in elsewhere]
    said += walked(agent)
    shown = [*documents(agent), agent.get("schema/").content.decode()]
    assert len(said) > 15
    assert len(shown) == 1 + 3 * len(invoices)
    log = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert [text for text in (*said, *shown, log) if CANARY in text] == []
    assert [text for text in said if re.search("child|carer|success|household|placement", text)] == []
