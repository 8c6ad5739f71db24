"""Fifty at once, as on the last day of a month: people of every role who read and claim, and programs that read.

`BENCH_LOAD_SECONDS=120 BENCH_LOAD_CONTRACTS=5 make bench PART=load`; 20 s and one contract without them. The ledger's
own processes serve on loopback, with a worker, and share the cores with the fifty. A person reads for 1 to 3 s before
the next page, a program pauses as long. Then the same with sixteen who never pause: what the machine can do at most.
`check_ledger` has the last word.
"""

import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import cycle, islice
from random import Random
from threading import Event

import requests
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from cohort.core.facts import Child, Household, Placement, Rate
from cohort.models import Claim
from cohort.services import record
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import DONE, Job
from pbr_ledger.jobs.services import dispatch_once
from savings.management.parties import Member, member
from tests.benchmarks.ground import Ground
from tests.benchmarks.people import Notes, Visitor
from tests.benchmarks.programs import Program
from tests.benchmarks.served import redis, serving
from tests.benchmarks.timing import share, shown
from tests.signing_in import PASSWORD, app_of, code_of

SECONDS = int(os.environ.get("BENCH_LOAD_SECONDS", "20"))
CONTRACTS = int(os.environ.get("BENCH_LOAD_CONTRACTS", "1"))
SEED = int(os.environ.get("BENCH_SEED", "2026"))
PAUSE_SECONDS = (1.0, 3.0)
AIM_MS = 500
ROLES = {"provider_staff": 16, "finance_officer": 12, "lead_accountant": 4, "auditor": 4, "administrator": 2}
CLERKS, PROGRAMS = 4, 8
WITHOUT_PAUSE = 16
CLAIMS_EACH = 6

Step = Callable[[], object]


def report() -> Iterator[str]:
    """Errors and times by kind with pauses, then without, then what the check says."""
    ground, notes = Ground(), Notes()
    ground.grow_to(CONTRACTS)
    people = list(_people(ground))
    placements = _to_claim_for(ground, ROLES["provider_staff"] * CLAIMS_EACH)
    dispatch_once(inline=True)
    before = Claim.objects.count()
    os.environ["TRUSTED_PROXIES"] = "1"  # as behind the proxy: everybody comes from an address of their own
    with redis() as broker, serving(broker, documents=1, dispatcher=1) as address:
        visitors = [
            _visitor(address, notes, number, person, ground, placements) for number, person in enumerate(people)
        ]
        programs = [_Reader(Program(address, kind, _administrator()), notes) for kind in _organisations(ground)]
        steps: list[Step] = [each.step for each in (*visitors, *programs)]
        begun = _signed_in(visitors, people)
        yield from _lines(f"{len(steps)} at once, 1 to 3 s between", notes, *_driven(steps, SECONDS, PAUSE_SECONDS))
        chosen = Random(SEED).sample(steps, WITHOUT_PAUSE)
        yield from _lines(f"{WITHOUT_PAUSE} without a pause", notes, *_driven(chosen, max(10, SECONDS // 4), (0, 0)))
        claims = notes.claims
        yield f"load: signing in took {shown(notes.since(begun).get('code', []))} for the second step"
    yield from _afterwards(claims, Claim.objects.count() - before)


class _Reader:
    """A program that reads what is payable, one invoice or its document, and what has happened."""

    def __init__(self, program: Program, notes: Notes) -> None:
        self._program, self._notes, self._turn = program, notes, 0
        self._invoices: list[str] = []

    def step(self) -> None:
        """The next of them in turn."""
        self._turn += 1
        if self._turn % 4 == 1 or not self._invoices:
            answer = self._asked("api list", "invoices?kind=invoice&limit=20")
            self._invoices = [each["id"] for each in answer.json()["items"]]
        elif self._turn % 4 == 2:
            self._asked("api invoice", f"invoices/{self._invoices[self._turn % len(self._invoices)]}")
        elif self._turn % 4 == 3:
            self._asked("api document", f"invoices/{self._invoices[self._turn % len(self._invoices)]}/document.pdf")
        else:
            self._asked("api events", "events?limit=50")

    def _asked(self, kind: str, address: str) -> requests.Response:
        return self._notes.timed(kind, lambda: self._program.get(address))


def _people(ground: Ground) -> Iterator[Person]:
    """So many of each role, with a password and an authenticator app."""
    parties, by = ground.parties, _administrator()
    for role, count in ROLES.items():
        where = parties.provider if role == "provider_staff" else parties.council
        for number in range(count):
            yield _person(where, role, number, by)
    for number in range(CLERKS):
        yield _person(parties.agent, "payments_clerk", number, by)


def _person(where: Organisation, role: str, number: int, by: Person) -> Person:
    who = Member(f"{role.replace('_', ' ').capitalize()} {number}", f"{role}.{number}", role, password=PASSWORD)
    person = member(who, organisation=where, by=by)
    app_of(person)
    return person


def _to_claim_for(ground: Ground, count: int) -> list[str]:
    """Placements in families on the first contract for which nobody has claimed yet, of children of their own."""
    began, moved = date(2025, 8, 6), date(2025, 12, 1)
    facts: list[Household | Child | Placement] = [Household("LOAD-H", "provider", None)]
    for number in range(count):
        child = f"LOAD-{number:03}"
        before, after = (Rate(began, 700_000),), (Rate(moved, 140_000),)
        facts.append(Child(child, began, None, before))
        facts.append(Placement(f"{child}-R", child, "residential", began, moved, "planned", None, before))
        facts.append(Placement(f"{child}-F", child, "fostering_in_house", moved, None, None, "LOAD-H", after))
    record(contract=ground.contracts[0], facts=facts, by=ground.parties.officer, clock=DATABASE_CLOCK)
    return [f"LOAD-{number:03}-F" for number in range(count)]


def _visitor(address: str, notes: Notes, number: int, person: Person, ground: Ground, placements: list[str]) -> Visitor:
    own = islice(placements, number * CLAIMS_EACH, (number + 1) * CLAIMS_EACH)
    claims = list(own) if person.organisation == ground.parties.provider else []
    submit = f"/contracts/{ground.contracts[0].pk}/claims/submit/"
    return Visitor(address, notes, Random(SEED + number), claims, submit)


def _organisations(ground: Ground) -> Iterator[Organisation]:
    parties = ground.parties
    return islice(cycle([parties.agent, parties.agent, parties.agent, parties.council]), PROGRAMS)


def _signed_in(visitors: Sequence[Visitor], people: Sequence[Person]) -> float:
    """When they began to come: one behind the other, four at once."""
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(_let_in, visitors, people))
    return began


def _let_in(visitor: Visitor, person: Person) -> None:
    try:
        visitor.sign_in(person.email, PASSWORD, partial(code_of, person))
    finally:
        connections.close_all()


def _driven(steps: Sequence[Step], seconds: int, pause: tuple[float, float]) -> tuple[float, int]:
    """From when they all go about it, and for how many seconds."""
    ended, began = Event(), time.monotonic()
    with ThreadPoolExecutor(len(steps)) as threads:
        for number, step in enumerate(steps):
            threads.submit(_again_and_again, step, Random(SEED + number), pause, ended)
        time.sleep(seconds)
        ended.set()
    return began, seconds


def _again_and_again(step: Step, chance: Random, pause: tuple[float, float], ended: Event) -> None:
    """A step, and time to read, until it ends. What went wrong is noted; people try again."""
    ended.wait(chance.uniform(0, pause[1]))
    while not ended.is_set():
        with suppress(requests.RequestException):
            step()
        ended.wait(chance.uniform(*pause))


def _lines(what: str, notes: Notes, began: float, seconds: int) -> Iterator[str]:
    taken = notes.since(began)
    every = [each for of_kind in taken.values() for each in of_kind]
    late = f" (aim: {AIM_MS} ms)" if share(every, 0.95) * 1000 > AIM_MS else ""
    yield (
        f"load, {what}, {seconds} s: {len(every)} answers, {len(every) / seconds:.1f} a second, {shown(every)}{late}, "
        f"{len(notes.errors)} errors"
    )
    yield from (f"load, {what}, {kind}: {len(each)}, {shown(each)}" for kind, each in taken.items())
    yield from (f"load, error: {error}" for error in notes.errors[:5])


def _afterwards(acknowledged: int, made: int) -> Iterator[str]:
    """Whether what was acknowledged is there, what the servers logged as errors, and what the check finds."""
    lines = (settings.VAR_DIR / "serve.log").read_text(encoding="utf-8").splitlines()
    logged = sum('"level": "ERROR"' in line for line in lines)
    undone = Job.objects.exclude(state=DONE).count()
    said = io.StringIO()
    call_command("check_ledger", stdout=said)
    yield (
        f"load, afterwards: {acknowledged} claims acknowledged, {made} there; {logged} errors logged; {undone} jobs "
        f"not done; check_ledger: {said.getvalue().splitlines()[-1]}"
    )


def _administrator() -> Person:
    return Person.objects.get(full_name="Scenario administrator")
