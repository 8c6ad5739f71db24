"""The API as the paying agent's programs use it: requests a second and how long each takes, at rising size.

The product's own web server of two processes, on loopback, asked by two programs at once, which share the cores with
it. `BENCH_CONTRACTS=1,150 make bench PART=api` measures other numbers of contracts than 1 and 10. Each is the sample,
every month closed, every invoice approved; one agent pays them all. `BENCH_REQUESTS` (400) of each kind are timed.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import requests

from invoicing.lifecycles import OWED_STATUSES
from invoicing.models import INVOICE_KIND, INVOICE_PDF, INVOICE_XML, Invoice
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import day_of
from tests.benchmarks.ground import Ground
from tests.benchmarks.programs import MOST_IN_A_MINUTE, Program
from tests.benchmarks.served import redis, serving
from tests.benchmarks.timing import share, shown

SIZES = tuple(int(size) for size in os.environ.get("BENCH_CONTRACTS", "1,10").split(","))
AT_ONCE = 2
REQUESTS = min(int(os.environ.get("BENCH_REQUESTS", "400")), AT_ONCE * MOST_IN_A_MINUTE)
WARMING = 20
AIMS_MS = {"payable invoices, ten on a page": 50, "one invoice": 50, "its PDF": 50, "a payment": 120}

PAYABLE = "invoices?kind=invoice&payable=true&limit=10"

Ask = Callable[[Program, int], requests.Response]


def report() -> Iterator[str]:
    """Lines for each size, then how each kind of request grew from the smallest to the largest."""
    ground = Ground()
    medians: dict[str, list[float]] = {}
    with redis() as broker:
        for size in SIZES:
            began = time.perf_counter()
            added = size - len(ground.contracts)
            ground.grow_to(size)
            seconds = time.perf_counter() - began
            yield f"api, {size} contracts: {added} loaded in {seconds:.1f} s, {seconds / max(added, 1):.2f} s each"
            with serving(broker) as address:
                for kind, taken, a_second in _measured(ground, address):
                    medians.setdefault(kind, []).append(share(taken, 0.5))
                    late = " (past the aim)" if share(taken, 0.95) * 1000 > AIMS_MS[kind] else ""
                    yield f"api, {size} contracts, {kind}: {a_second:.0f} a second, {shown(taken)}{late}"
    grown = ", ".join(f"{kind} {(last[-1] / last[0] - 1) * 100:+.0f}%" for kind, last in medians.items())
    yield f"api, growth of the median from {SIZES[0]} to {SIZES[-1]} contracts: {grown} (aim: 20% at most)"


def _measured(ground: Ground, address: str) -> Iterator[tuple[str, list[float], float]]:
    """Each kind of request: its name, the seconds of each, and how many there were in a second."""
    invoices = _documented(ground)
    today = day_of(DATABASE_CLOCK.read(after=None)).isoformat()
    asks: dict[str, Ask] = {
        "payable invoices, ten on a page": lambda program, _: program.get(
            "invoices?kind=invoice&payable=true&limit=10"
        ),
        "one invoice": lambda program, number: program.get(f"invoices/inv_{invoices[number % len(invoices)]}"),
        "its PDF": lambda program, number: program.get(f"invoices/inv_{invoices[number % len(invoices)]}/document.pdf"),
        "a payment": lambda program, number: program.pay(invoices[number % len(invoices)], today),
    }
    for kind, ask in asks.items():
        programs = [Program(address, ground.parties.agent, _administrator()) for _ in range(AT_ONCE)]
        for number in range(WARMING):
            _taken(ask, programs[number % AT_ONCE], number)
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            taken = list(threads.map(lambda program, ask=ask: _all_taken(ask, program), programs))
        yield kind, [each for of_one in taken for each in of_one], REQUESTS / (time.perf_counter() - began)


def _documented(ground: Ground) -> list[int]:
    """The invoices of the contract that was loaded last, with their documents made."""
    owed = Invoice.objects.filter(contract=ground.contracts[-1], kind=INVOICE_KIND, status__in=OWED_STATUSES)
    keys = list(owed.order_by("pk").values_list("pk", flat=True))
    for job in Job.objects.filter(kind__in=(INVOICE_PDF, INVOICE_XML), key__in=map(str, keys), state="waiting"):
        jobs.run(job_id=job.pk)
    return keys


def _administrator() -> Person:
    return Person.objects.get(full_name="Scenario administrator")


def _all_taken(ask: Ask, program: Program) -> list[float]:
    return [_taken(ask, program, number) for number in range(REQUESTS // AT_ONCE)]


def _taken(ask: Ask, program: Program, number: int) -> float:
    began = time.perf_counter()
    answer = ask(program, number)
    answer.raise_for_status()
    return time.perf_counter() - began
