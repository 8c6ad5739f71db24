"""The facts of a contract as values for the core: as known at an instant, as they are now, and through time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Manager, Q, QuerySet

from cohort.core.facts import Child, Claim, Expense, ExtraCost, Fact, Household, KnownFacts, Placement, Rate, Retraction
from cohort.core.known import known_facts
from cohort.core.terms import Terms
from cohort.models import (
    BaselineRate,
    ChildVersion,
    ClaimVersion,
    Contract,
    ExpenseVersion,
    ExtraCostVersion,
    HouseholdVersion,
    PlacementRate,
    PlacementVersion,
)
from cohort.queries.at_once import live_facts, live_facts_at_each
from cohort.queries.terms import terms_of, terms_versions
from pbr_ledger.accounts.models import Person
from pbr_ledger.money import pence_of

Condition = Callable[[str], Q]
"""Which versions to read, for rows that reach a version over a path: `""` from itself, `version__` from its rates."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the versions of one kind of fact are read: columns in the order in which `build` takes them, then rates."""

    versions: Manager[Any]
    columns: tuple[str, ...]
    build: Callable[..., Fact]
    rates: QuerySet[Any] | None = None


def _placement(
    id_: str,
    child: str,
    setting: str,
    start: date,
    until: date | None,
    ended: str | None,
    household: str | None,
    block_contract: bool,
    rates: tuple[Rate, ...],
) -> Placement:
    return Placement(id_, child, setting, start, until, ended, household, rates, block_contract)


def _extra_cost(id_: str, child: str, category: str, start: date, until: date, weekly: Decimal) -> ExtraCost:
    return ExtraCost(id_, child, category, start, until, pence_of(weekly))


def _expense(id_: str, day: date, category: str, amount: Decimal, description: str) -> Expense:
    return Expense(id_, day, category, pence_of(amount), description)


READINGS: Mapping[str, Reading] = {
    "child": Reading(ChildVersion.objects, ("fact__reference", "joined", "left"), Child, BaselineRate.objects.all()),
    "placement": Reading(
        PlacementVersion.objects,
        (
            "fact__reference",
            "child__reference",
            "setting",
            "start",
            "until",
            "ended",
            "household__reference",
            "block_contract",
        ),
        _placement,
        PlacementRate.objects.all(),
    ),
    "claim": Reading(ClaimVersion.objects, ("fact__reference", "placement__reference", "status"), Claim),
    "household": Reading(HouseholdVersion.objects, ("fact__reference", "assessed_by", "panel_approved"), Household),
    "extra_cost": Reading(
        ExtraCostVersion.objects,
        ("fact__reference", "child__reference", "category", "start", "until", "weekly"),
        _extra_cost,
    ),
    "expense": Reading(
        ExpenseVersion.objects, ("fact__reference", "day", "category", "amount", "description"), _expense
    ),
}


def facts_known_at(*, contract: Contract, at: datetime) -> KnownFacts:
    """Everything known of the contract at the instant; what was recorded at that very instant is known.

    Takes the same number of queries however much there is to read (docs/contract.md 11.4).
    """
    return known_facts(_terms(contract, at), live_facts(contract, at))


def facts_known_at_each(*, contract: Contract, instants: Iterable[datetime]) -> dict[datetime, KnownFacts]:
    """Everything known of the contract at each of the instants: what `facts_known_at` says of each.

    Takes the same number of queries for twenty instants as for one (docs/contract.md 11.4).
    """
    versions = [(row.recorded_at, terms_of(row)) for row in terms_versions(contract, None)]
    return {
        at: known_facts(tuple(terms for recorded_at, terms in versions if recorded_at <= at), facts)
        for at, facts in live_facts_at_each(contract, instants).items()
    }


def current_facts(contract: Contract) -> KnownFacts:
    """Everything known of the contract now: the current version of each fact, and all the terms."""
    return known_facts(_terms(contract, None), live_facts(contract, None))


@dataclass(frozen=True, slots=True)
class RecordedVersion:
    """One version of a fact: its content, or its retraction, by whom it was recorded and for how long it was known."""

    recorded_at: datetime
    recorded_by: Person
    superseded_at: datetime | None
    content: Fact | Retraction


def versions_of(*, contract: Contract, kind: str, reference: str) -> list[RecordedVersion]:
    """Every version of a fact in the order of recording; none when there is no such fact."""
    reading = READINGS[kind]

    def of_the_fact(path: str) -> Q:
        return Q(**{f"{path}fact__reference": reference})

    contents = contents_of(reading, contract, of_the_fact)
    rows = reading.versions.filter(fact__contract=contract, fact__reference=reference)
    return [
        RecordedVersion(
            row.recorded_at,
            row.recorded_by,
            row.superseded_at,
            Retraction(kind, reference) if row.retracted else contents[row.pk],
        )
        for row in rows.select_related("recorded_by").order_by("recorded_at")
    ]


def _terms(contract: Contract, at: datetime | None) -> tuple[Terms, ...]:
    return tuple(map(terms_of, terms_versions(contract, at)))


def contents_of(reading: Reading, contract: Contract, condition: Condition) -> dict[int, Fact]:
    """The content of the versions that are no retractions, by key."""
    rows = reading.versions.filter(condition(""), fact__contract=contract, retracted=False).values_list(
        "pk", *reading.columns
    )
    if reading.rates is None:
        return {key: reading.build(*columns) for key, *columns in rows}
    rates = _rates(reading.rates, contract, condition)
    return {key: reading.build(*columns, tuple(rates.get(key, ()))) for key, *columns in rows}


def _rates(kept: QuerySet[Any], contract: Contract, condition: Condition) -> dict[int, list[Rate]]:
    """The dated prices, in rising order, by the key of their version."""
    rates: dict[int, list[Rate]] = {}
    rows = kept.filter(condition("version__"), version__fact__contract=contract).order_by("version", "start")
    for version, start, weekly, contribution in rows.values_list("version", "start", "weekly", "contribution"):
        rates.setdefault(version, []).append(Rate(start, pence_of(weekly), pence_of(contribution)))
    return rates
