"""Every page, worst first: server time at the median and the 95th percentile, among many contracts.

Runs after the books, on the contracts that these have loaded: `BENCH_CONTRACTS=150 make bench` for a country's worth.
"""

import gc
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.test.utils import override_settings

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from tests.pages.routes.table import PAGE
from tests.pages.test_everywhere import name_of, walked
from tests.pages.test_routes import TABLE
from tests.signing_in import signed_in

ROUNDS = 20
MEDIAN_AIM_MS, P95_AIM_MS = 100, 250


@dataclass(frozen=True, slots=True)
class Measured:
    """A page as one of its readers gets it: how long the server takes for it, in milliseconds."""

    name: str
    reader: str
    address: str
    median: float
    p95: float


def report() -> Iterator[str]:
    """A line for each page, as the reader gets it who waits longest, and how many are past the aim."""
    worst: dict[str, Measured] = {}
    with override_settings(ALLOWED_HOSTS=["*"]):
        for page in _all_measured():
            worst[page.name] = max(page, worst.get(page.name, page), key=lambda each: each.p95)
    pages = sorted(worst.values(), key=lambda page: -page.p95)
    yield f"pages among {Contract.objects.count()} contracts, worst first (aim: {MEDIAN_AIM_MS} ms, {P95_AIM_MS} ms)"
    for page in pages:
        yield f"page {page.name} ({page.reader}): median {page.median:.0f} ms, p95 {page.p95:.0f} ms"
    late = [page.name for page in pages if page.median > MEDIAN_AIM_MS or page.p95 > P95_AIM_MS]
    yield f"{len(pages)} pages measured, {len(late)} past the aim{': ' if late else ''}{', '.join(late)}"


def _all_measured() -> Iterator[Measured]:
    """Every page once for each reader. The heap of the benchmarks before is frozen, as that of a web server is."""
    gc.collect()
    gc.freeze()
    for person in _people():
        client, seen = signed_in(person), set[str]()
        for address, text in walked(client, most=5_000, only=_of_one_contract()).items():
            name = name_of(address)
            if text and name not in seen and name in TABLE and PAGE in (TABLE[name].answer, TABLE[name].others):
                seen.add(name)
                yield _measured(client, person, name, address)
    gc.unfreeze()


def _people() -> list[Person]:
    """Somebody of each part, among those for whom the books were made."""
    parts = ("Lead Accountant", "finance officer", "provider staff", "payments clerk", "administrator")
    return [Person.objects.get(full_name=f"Scenario {part}") for part in parts]


def _of_one_contract() -> str:
    """The beginning of the addresses of the first contract; of the others only the list is walked."""
    return f"/contracts/{Contract.objects.order_by('pk').values_list('pk', flat=True)[0]}/"


def _measured(client: Client, person: Person, name: str, address: str) -> Measured:
    client.get(address)
    taken = sorted(_timed(client, address) for _ in range(ROUNDS))
    return Measured(
        name,
        person.full_name.removeprefix("Scenario "),
        address,
        statistics.median(taken),
        taken[int(ROUNDS * 0.95) - 1],
    )


def _timed(client: Client, address: str) -> float:
    began = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - began) * 1000
