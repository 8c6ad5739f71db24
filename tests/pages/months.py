"""A contract of which one month can be proposed, and ways to do that and to look at its pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.core.facts import Fact, Rate, Retraction
from cohort.queries import current_facts
from cohort.services import record
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.periods import LONDON, Month
from savings.models import Proposal
from savings.services import agree, propose
from tests.pages.world import World
from tests.signing_in import signed_in

NOVEMBER = Month(2025, 11)
DECEMBER = Month(2025, 12)


def at(text: str) -> StatedClock:
    """A clock that reads the stated time, then a second later each time."""
    start = datetime.fromisoformat(text).replace(tzinfo=LONDON)
    return StatedClock(start + timedelta(seconds=second) for second in count())


def person(here: World, role: str) -> Person:
    side = "provider" if role == "provider_staff" else "council"
    return here.people[f"own {side} {role}"]


def second_officer() -> Person:
    return Person.objects.get(full_name="Sam Second", organisation__reference="plymouth")


def proposed(here: World, month: Month = NOVEMBER, *, on: str = "2025-12-08 10:00") -> Proposal:
    return propose(contract=here.contract, month=month, by=person(here, "finance_officer"), clock=at(on))


def corrected_price(here: World, *, on: str, pence: int = 1750_00) -> None:
    placement = current_facts(here.contract).placements["C01-F0"]
    recorded(here, [replace(placement, costs=(Rate(placement.start, pence),))], on=on)


def recorded(here: World, facts: Sequence[Fact | Retraction], *, on: str) -> None:
    record(contract=here.contract, facts=facts, by=person(here, "finance_officer"), clock=at(on))


def address(here: World, ending: str = "", month: Month = NOVEMBER) -> str:
    return f"/contracts/{here.contract.pk}/statements/{month}/{ending}"


def client_of(here: World, role: str) -> Client:
    return signed_in(person(here, role))


def page_of(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split()).replace("\u00a0", " ")


def said(client: Client, path: str, **form: str) -> tuple[str, str]:
    """Where the answer to the form leads, and the page there."""
    answer = client.post(path, form)
    assert answer.status_code == 302
    return answer["Location"], page_of(client, answer["Location"])


def agreed(here: World, month: Month = NOVEMBER, *, on: str = "2025-12-08 10:00") -> Proposal:
    proposal = proposed(here, month, on=on)
    agree(proposal=proposal, by=person(here, "provider_staff"), clock=at(on.replace("10:00", "11:00")))
    agree(proposal=proposal, by=second_officer(), clock=at(on.replace("10:00", "12:00")))
    return proposal


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
