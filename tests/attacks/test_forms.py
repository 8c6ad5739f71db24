"""Every form that anybody finds on their walk, sent with what no browser would send.

Ids of strangers in every field that is chosen or hidden; and, for every column that the ledger has, a field of its
name that the form does not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.models import Child, Placement
from pbr_ledger.audit.models import AuditEvent
from tests.attacks.crawl import Field, Form, Seen, forms_of
from tests.attacks.planted import MARK
from tests.pages.world import World
from tests.signing_in import signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SENTINEL = "987654321"
TYPED = {"text": "Typed", "textarea": "Typed", "email": "typed@plymouth.example", "password": "typed-by-an-attacker"}
OURS = ("pbr_ledger.", "cohort.", "savings.", "invoicing.")


@dataclass(frozen=True)
class Sent:
    """What a form came to: how it was answered, what the database was asked, and how much it changed."""

    answer: HttpResponse
    asked: str
    events: list[AuditEvent]


def send(client: Client, form: Form, content: dict[str, str]) -> Sent:
    """The form, sent and undone."""
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with transaction.atomic():
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(form.action, content)
        events = [] if connection.needs_rollback else list(AuditEvent.objects.filter(pk__gt=last))
        transaction.set_rollback(True)
    return Sent(answer, "\n".join(query["sql"] for query in captured), events)


def typed(form: Form) -> dict[str, str]:
    """The form as somebody in a hurry sends it: what is empty and can be typed is filled in somehow."""
    return {name: value or TYPED.get(form.fields[name].kind, "") for name, value in form.filled.items()}


def forms(walks: dict[str, list[Seen]]) -> Iterator[tuple[str, str, Form]]:
    """Each form once, with who came upon it first, and a name for it."""
    known: set[str] = set()
    for who, seen in walks.items():
        for name, form in forms_of(seen).items():
            if name not in known:
                known.add(name)
                yield who, name, form


def columns() -> set[str]:
    """The names of all columns that the ledger has, as fields and as their keys."""
    fields = [field for model in apps.get_models() if model.__module__.startswith(OURS) for field in model._meta.fields]
    return {field.name for field in fields} | {field.attname for field in fields} | {"is_superuser", "by", "pk"}


def test_no_field_that_a_form_does_not_have_sets_anything(planted: World, walks: dict[str, list[Seen]]) -> None:
    took, changed, names = {}, 0, columns()
    for who, name, form in forms(walks):
        client = signed_in(planted.people[f"own {who}"], Client(raise_request_exception=False))
        more = dict.fromkeys(names - form.fields.keys(), SENTINEL)
        sent = send(client, form, typed(form) | more)
        changed += bool(sent.events)
        if SENTINEL in sent.asked or sent.answer.status_code == 500:
            took[who, name] = [line for line in sent.asked.splitlines() if SENTINEL in line]
    assert took == {}
    assert changed >= 25  # forms that were right but for the fields too many


def of_strangers(field: Field, planted: World) -> str:
    """A key or a reference of the other contract's that this field might take."""
    kind = Placement if "placement" in field.name else Child
    found = kind.objects.filter(contract=planted.other_contract).latest("pk")
    is_key = field.kind == "hidden" or all(each.isdigit() for each in field.choices if each)
    return str(found.pk) if is_key else str(found.reference)


def test_no_form_takes_an_id_of_strangers(planted: World, walks: dict[str, list[Seen]]) -> None:
    took, tried = {}, 0
    for who, name, form in forms(walks):
        client = signed_in(planted.people[f"own {who}"], Client(raise_request_exception=False))
        for field in form.fields.values():
            if field.kind not in {"select", "radio", "checkbox", "hidden"} or field.name == "csrfmiddlewaretoken":
                continue
            key, tried = of_strangers(field, planted), tried + 1
            sent = send(client, form, typed(form) | {field.name: key})
            text = sent.answer.content.decode().replace(key, "")
            if sent.events or sent.answer.status_code == 500 or MARK in text:
                took[who, name, field.name] = (sent.answer.status_code, [str(each) for each in sent.events])
    assert took == {}
    assert tried >= 80
