"""Everything ever known of a contract, read once: what was known at any instant then takes no further query."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cohort.core.facts import Fact, KnownFacts, Rate
from cohort.core.known import known_facts
from cohort.core.terms import Terms
from cohort.models import Contract
from cohort.queries import terms_of, terms_versions
from cohort.queries.facts import READINGS, Reading
from pbr_ledger.money import pence_of


class _Version(NamedTuple):
    recorded_at: datetime
    superseded_at: datetime | None
    fact: Fact


class History:
    """The versions of a contract's terms and facts. A check of fifteen months reads them once, and not fifteen times.

    `at` gives what `facts_known_at` gives; a test holds the two to each other.
    """

    def __init__(self, contract: Contract) -> None:
        self._terms = [(row.recorded_at, terms_of(row)) for row in terms_versions(contract, None)]
        self._versions = {kind: list(_versions(reading, contract)) for kind, reading in READINGS.items()}

    def at(self, instant: datetime) -> KnownFacts:
        """Everything known at the instant (docs/contract.md 11.4)."""
        terms: tuple[Terms, ...] = tuple(each for recorded_at, each in self._terms if recorded_at <= instant)
        return known_facts(terms, {kind: _held(versions, instant) for kind, versions in self._versions.items()})


def _held(versions: list[_Version], instant: datetime) -> dict[str, Fact]:
    held = (
        version.fact
        for version in versions
        if version.recorded_at <= instant and (version.superseded_at is None or instant < version.superseded_at)
    )
    return {fact.id: fact for fact in sorted(held, key=lambda fact: fact.id)}


def _versions(reading: Reading, contract: Contract) -> Iterator[_Version]:
    """Every version that is no retraction."""
    rates = _rates(reading, contract)
    rows = reading.versions.filter(fact__contract=contract, retracted=False)
    for key, recorded_at, superseded_at, *columns in rows.values_list(
        "pk", "recorded_at", "superseded_at", *reading.columns
    ):
        prices = [] if rates is None else [tuple(rates.get(key, ()))]
        yield _Version(recorded_at, superseded_at, reading.build(*columns, *prices))


def _rates(reading: Reading, contract: Contract) -> dict[int, list[Rate]] | None:
    """The dated prices of each version, in rising order; None for a kind of fact that has none."""
    if reading.rates is None:
        return None
    rates: dict[int, list[Rate]] = {}
    rows = reading.rates.filter(version__fact__contract=contract).order_by("version", "start")
    for version, start, weekly, contribution in rows.values_list("version", "start", "weekly", "contribution"):
        rates.setdefault(version, []).append(Rate(start, pence_of(weekly), pence_of(contribution)))
    return rates
