"""Every version of every fact about a child, and which keys and references there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.db.models import Q

from cohort.core.facts import Fact, Retraction
from cohort.models import (
    Child,
    Claim,
    ClaimVersion,
    Contract,
    Expense,
    ExtraCost,
    ExtraCostVersion,
    Household,
    Identity,
    Placement,
    PlacementVersion,
)
from cohort.queries.facts import READINGS, RecordedVersion, contents_of

IDENTITIES: Mapping[str, type[Any]] = MappingProxyType(
    {
        "child": Child,
        "placement": Placement,
        "claim": Claim,
        "household": Household,
        "extra_cost": ExtraCost,
        "expense": Expense,
    }
)


@dataclass(frozen=True, slots=True)
class FactHistory:
    """A fact by kind, reference and key, with all its versions in the order of recording."""

    kind: str
    reference: str
    key: int
    versions: tuple[RecordedVersion, ...]


def identity_of(*, contract: Contract, kind: str, key: int) -> Any | None:
    """The row of the fact with this key in the contract; None where there is none."""
    return IDENTITIES[kind].objects.filter(contract=contract, pk=key).first()


def keys_of(*, contract: Contract, kind: str) -> dict[str, int]:
    """The keys of everything of the kind that was ever recorded of the contract, by reference."""
    return dict(IDENTITIES[kind].objects.filter(contract=contract).values_list("reference", "pk"))


def child_history(*, contract: Contract, child: Identity) -> list[FactHistory]:
    """The histories of the child, its placements, their claims and its extra costs, retracted ones too.

    A fact belongs to the child if any version ever said so. As many queries for a hundred facts as for one.
    """
    placements = PlacementVersion.objects.filter(child=child.pk).values("fact")
    facts_of: dict[str, Any] = {
        "child": [child.pk],
        "placement": placements,
        "claim": ClaimVersion.objects.filter(placement__in=placements).values("fact"),
        "extra_cost": ExtraCostVersion.objects.filter(child=child.pk).values("fact"),
    }
    return [found for kind, facts in facts_of.items() for found in _histories(contract, kind, facts)]


def _histories(contract: Contract, kind: str, facts: Any) -> Iterator[FactHistory]:
    reading = READINGS[kind]

    def of_the_facts(path: str) -> Q:
        return Q(**{f"{path}fact__in": facts})

    contents = contents_of(reading, contract, of_the_facts)
    rows = reading.versions.filter(of_the_facts(""), fact__contract=contract)
    rows = rows.select_related("fact", "recorded_by__organisation").order_by("fact__reference", "fact", "recorded_at")
    for fact, versions in groupby(rows, key=lambda row: row.fact):
        yield FactHistory(kind, fact.reference, fact.pk, tuple(_version(kind, row, contents) for row in versions))


def _version(kind: str, row: Any, contents: Mapping[int, Fact]) -> RecordedVersion:
    content = Retraction(kind, row.fact.reference) if row.retracted else contents[row.pk]
    return RecordedVersion(row.recorded_at, row.recorded_by, row.superseded_at, content)
