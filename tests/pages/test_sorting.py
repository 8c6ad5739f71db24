"""Every list can be sorted by every column that its head links, in the page and in the file, at no more cost."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oauth2_provider.models import get_access_token_model

from cohort.core.facts import Child, Expense, Fact, Household, Placement, Rate
from cohort.models import Contract
from cohort.services import act_on_claim, record, submit_claim
from invoicing.services.terms import record_variation
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.services import create_client
from pbr_ledger.clock import DATABASE_CLOCK, StatedClock
from pbr_ledger.jobs.models import Job
from pbr_ledger.sorting import NUMBER, TEXT
from pbr_ledger.webhooks.lifecycles import ACTIVE, DELIVERED
from pbr_ledger.webhooks.models import Attempt, Endpoint
from pbr_ledger.words import MONTH_NAMES
from savings.services.what_if import make_scenario
from tests.pages.billing import approved, drafted, held, paid, set_off, ticking
from tests.pages.world import World
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICER, PROVIDER = "own council finance_officer", "own provider provider_staff"
ACCOUNTANT, CLERK, ADMINISTRATOR = (
    "own council lead_accountant",
    "own agent payments_clerk",
    "own council administrator",
)


@dataclass(frozen=True)
class Listed:
    """A list: who reads it, how its file calls what its page calls otherwise, and what may be the same in all rows."""

    who: str
    name: str
    query: str = ""
    in_file: dict[str, str] = field(default_factory=dict)
    same: frozenset[str] = frozenset()


LISTS = (
    Listed(ACCOUNTANT, "contracts", same=frozenset({"council"})),
    Listed(
        ACCOUNTANT,
        "cohort",
        in_file={"baseline": "Baseline a week", "cost": "Costs a week", "saving": "Saves a week"},
        same=frozenset({"saving"}),
    ),
    Listed(ACCOUNTANT, "claims"),
    Listed(ACCOUNTANT, "baselines"),
    Listed(ACCOUNTANT, "carers", in_file={"fee": "Status"}),
    Listed(ACCOUNTANT, "expenses", same=frozenset({"status"})),
    Listed(
        ACCOUNTANT,
        "statements",
        in_file={"status": "Status", "fee": "Fixed fee", "charged": "Charged"},
    ),
    Listed(ACCOUNTANT, "invoices"),
    Listed(ACCOUNTANT, "payments", same=frozenset({"contract", "by"})),
    Listed(ACCOUNTANT, "activity"),
    Listed(ACCOUNTANT, "variations", same=frozenset({"recorded"})),
    Listed(OFFICER, "what-if", same=frozenset({"changed"})),
    Listed(CLERK, "payables", same=frozenset({"contract", "provider"})),
    Listed(CLERK, "payables-recorded", same=frozenset({"contract", "by"})),
    Listed(ADMINISTRATOR, "people"),
    Listed(ADMINISTRATOR, "organisations"),
    Listed(ADMINISTRATOR, "clients", same=frozenset({"used"})),
    Listed(ADMINISTRATOR, "endpoints"),
    Listed(ADMINISTRATOR, "endpoint"),
    Listed(ADMINISTRATOR, "work", "state=waiting", in_file={"when": "When"}),
)


HELD_ELSEWHERE = {"ledger-account": "test_ledger.py", "savings-by-child": "test_by_child.py"}
"""Lists whose files hold more than their rows: the balance after each posting, the sum of all children."""


@pytest.fixture
def here(late: World) -> World:
    """Of everything that is listed at least two, which differ in nearly every column."""
    made = late
    _invoices_and_facts(made)
    _claims(made)
    _programs(made)
    own, other = made.contract, made.other_contract
    Contract.objects.create(
        reference="AA 1",
        title="Another",
        council=own.council,
        provider=other.provider,
        agent=own.agent,
        decision_on=own.decision_on,
    )
    for reference, maximum in (("V2", Decimal(900_000)), ("V1", Decimal(950_000))):
        record_variation(
            contract=own,
            reference=reference,
            maximum_value=maximum,
            reason="More children",
            by=made.people[ACCOUNTANT],
            clock=DATABASE_CLOCK,
        )
    for name in ("Winter", "autumn"):
        make_scenario(contract=own, name=name, by=made.people[OFFICER], clock=DATABASE_CLOCK)
    for number, kind in enumerate(("notice.summary", "notice.mail")):
        at = AT + timedelta(days=number)
        Job.objects.create(kind=kind, key=f"sorted {number}", subject="Something", attempts=number, run_after=at)
    return made


def _invoices_and_facts(made: World) -> None:
    """February is paid in part, the rest comes a day later: March payable, April held, May's credit used in part."""
    february, march, april, may = drafted(made.contract)
    paid(made.contract, approved(made.contract, february), "5000.00")
    stamp = ticking(made.contract).read(after=None)
    _facts(made, StatedClock(stamp + timedelta(days=1, seconds=each) for each in count()))
    march = approved(made.contract, march)
    held(made.contract, april)
    may = approved(made.contract, may)
    paid(made.contract, february, "1.00", "BACS 2")
    set_off(made.contract, may, february, "200.00")


def _facts(made: World, clock: StatedClock) -> None:
    since = date(2026, 1, 5)
    facts: list[Fact] = [
        Household("H90", "provider", date(2026, 1, 8)),
        Household("H91", "council", None),
        Household("H92", "provider", date(2026, 1, 9)),
    ]
    for number, setting in ((90, "fostering_in_house"), (91, "connected_carers")):
        joined, prices = since + timedelta(number), (Rate(since + timedelta(number), 650_000 + number, 0),)
        facts += [
            Child(f"C{number}", joined, None, (Rate(joined, 700_000 + number, 0),)),
            Placement(f"C{number}-A", f"C{number}", "residential", joined, date(2026, 5, 4), "planned", None, prices),
            Placement(f"C{number}-B", f"C{number}", setting, date(2026, 5, 4), None, None, None, prices),
        ]
    facts += [
        Expense("E90", date(2026, 2, 8), "mileage", 24_300, "540 miles at 45p"),
        Expense("E91", date(2026, 5, 9), "travel", 1_900, "A ticket"),
    ]
    record(contract=made.contract, facts=facts, by=made.people[OFFICER], clock=clock)


def _claims(made: World) -> None:
    told: dict[str, Any] = {"contract": made.contract, "clock": DATABASE_CLOCK}
    for placement in ("C90-B", "C91-B"):
        submit_claim(placement=placement, text="Moved", files=[], by=made.people[PROVIDER], **told)
    act_on_claim(claim="C90-T1", action="query", text="When?", by=made.people[OFFICER], **told)


def _programs(made: World) -> None:
    by = made.people[ADMINISTRATOR]
    for organisation, name in ((made.contract.provider, "Facts"), (made.contract.council, "accounts")):
        create_client(organisation=organisation, name=name, scopes=["events:read"], by=by, clock=DATABASE_CLOCK)
    client = ApiClient.objects.get(name="Facts")
    get_access_token_model().objects.create(token="t", application=client.application, scope="", expires=AT)
    said: dict[str, Any] = {"events": ["statement.closed"], "created_by": by, "created_at": AT, "moved_at": AT}
    first = Endpoint.objects.create(
        organisation=made.contract.provider, url="https://b.example.org/", state=ACTIVE, verified_at=AT, **said
    )
    second = Endpoint.objects.create(organisation=made.contract.council, url="https://a.example.org/", **said)
    taken = first.deliveries.create(
        message_id="m1", kind="endpoint.test", at=AT, data={}, state=DELIVERED, ended_at=AT + timedelta(hours=1)
    )
    second.deliveries.create(message_id="m1", kind="endpoint.test", at=AT, data={}, state=DELIVERED, ended_at=AT)
    first.deliveries.create(message_id="m2", kind="statement.closed", at=AT + timedelta(days=1), data={})
    Attempt.objects.create(delivery=taken, round=1, number=1, at=AT, milliseconds=1, status=200)


def address_of(here: World, each: Listed) -> str:
    parts: dict[str, list[int]] = {"endpoint": [Endpoint.objects.get(state=ACTIVE).pk]}
    of_none = ("contracts", "payables", "payables-recorded", "people", "organisations", "clients", "endpoints", "work")
    args = [] if each.name in of_none else parts.get(each.name, [here.contract.pk])
    return f"{reverse(each.name, args=args)}?{each.query}"


def rows_of(client: Client, address: str) -> tuple[list[dict[str, str]], int]:
    """The rows of the file, and how many queries it took."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"{address}&export=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8", address
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))), len(captured)


def value_of(text: str, kind: str) -> Any:
    """What a cell of the file is sorted by; None where it holds no such thing."""
    if kind == TEXT:
        return text.casefold() or None
    if kind == NUMBER:
        found = re.search(r"-?[\d.]+$", text)
        return Decimal(found[0]) if found and not text.startswith("Draft") else None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    if found := re.fullmatch(rf"(?:(\d+) )?({'|'.join(MONTH_NAMES)}) (\d{{4}})(?:, (\d\d):(\d\d))?", text):
        day, month, year, hour, minute = found.groups()
        number = MONTH_NAMES.index(month) + 1
        return datetime(int(year), number, int(day or 1), int(hour or 0), int(minute or 0), tzinfo=UTC)
    return None


def in_order(values: list[Any], *, falling: bool) -> bool:
    filled = [value for value in values if value is not None]
    return values == sorted(filled, reverse=falling) + [None] * (len(values) - len(filled))


def wrong_in(client: Client, address: str, each: Listed) -> Iterator[str]:
    """What is wrong with the orders of a list."""
    columns = client.get(address).context["sorting"].columns
    own, usual = rows_of(client, address)
    yield from wrong_on_page(client, f"{address}&sort=-{columns[-1].key}", each.name, columns[-1].key)
    for column in columns:
        found = {}
        for sign in ("", "-"):
            order = f"{each.name} by {sign}{column.key}"
            rows, asked = rows_of(client, f"{address}&sort={sign}{column.key}")
            heading = each.in_file.get(column.key, column.words)
            found[sign] = [value_of(row[heading], column.kind) for row in rows]
            if asked > usual:
                yield f"{order} asks {asked} queries, not {usual}"
            if not in_order(found[sign], falling=bool(sign)):
                yield f"{order}: {found[sign]}"
            if sorted(map(repr, rows)) != sorted(map(repr, own)):
                yield f"{order} has other rows"
        if found[""] == found["-"] and column.key not in each.same:
            yield f"{each.name} by {column.key}: the same both ways"


def wrong_on_page(client: Client, address: str, name: str, key: str) -> Iterator[str]:
    """What is wrong with the page of an order that falls."""
    page = client.get(address)
    text = " ".join(page.content.decode().split())
    if page.context["sorting"].heads[key].aria != "descending" or f'<option value="-{key}" selected>' not in text:
        yield f"{name} does not say that it is sorted by {key}"
    if "<table" in text and text.count('aria-sort="descending"') != 1:
        yield f"no head of {name} says that it is sorted by {key}"
    if f"sort=-{key}&amp;export=csv" not in text:
        yield f"{name} has no file sorted by {key}"


def test_every_order_of_every_list_orders_its_rows_at_no_more_cost(here: World) -> None:
    clients = {who: signed_in(here.people[who]) for who in {each.who for each in LISTS}}
    wrong = [word for each in LISTS for word in wrong_in(clients[each.who], address_of(here, each), each)]
    assert wrong == [], "\n".join(wrong)


def test_every_list_that_can_be_sorted_is_held_to_it() -> None:
    root = Path(__file__).parents[2]
    views = [path for room in ("pbr_ledger", "cohort", "savings", "invoicing") for path in (root / room).rglob("*.py")]
    asked = sum(len(re.findall(r"= sorting_of\(", path.read_text())) for path in views)
    assert asked == len(LISTS) + len(HELD_ELSEWHERE)
