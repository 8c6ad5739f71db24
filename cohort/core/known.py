"""What was known on a day: the latest version of every fact recorded by its end (docs/contract.md 11.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import FACT_TYPES, Fact, KnownFacts, Retraction
from cohort.core.terms import Terms


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact, or its retraction, and the civil date in London on which it was recorded."""

    recorded: date
    content: Fact | Retraction


def as_known_on(day: date, *, terms: Iterable[Terms], versions: Iterable[RecordedFact]) -> KnownFacts:
    """The facts known at the end of the day, of versions given in the order in which they were recorded.

    A later version of the same kind and id replaces the earlier; a retraction removes it until a later one
    restores it.
    """
    collections: dict[str, dict[str, Fact]] = {kind: {} for kind in FACT_TYPES}
    for version in versions:
        if version.recorded <= day:
            apply(collections, version.content)
    return known_facts(tuple(item for item in terms if item.recorded <= day), collections)


def known_with(known: KnownFacts, contents: Iterable[Fact | Retraction]) -> KnownFacts:
    """What is known once these are recorded too, in their order; `known` stays as it is (docs/contract.md 11.3)."""
    collections = {kind: dict(known.of_kind(kind)) for kind in FACT_TYPES}
    for content in contents:
        apply(collections, content)
    return known_facts(known.terms, collections)


def apply(collections: dict[str, dict[str, Fact]], content: Fact | Retraction) -> None:
    """Record one more version in collections by kind and id, in place."""
    if isinstance(content, Retraction):
        collections[content.kind].pop(content.id, None)
    else:
        collections[content.kind][content.id] = content


def known_facts(terms: tuple[Terms, ...], collections: dict[str, dict[str, Fact]]) -> KnownFacts:
    """The collections by kind as one value."""
    return KnownFacts(
        terms=terms,
        children=collections["child"],  # type: ignore[arg-type]
        placements=collections["placement"],  # type: ignore[arg-type]
        claims=collections["claim"],  # type: ignore[arg-type]
        households=collections["household"],  # type: ignore[arg-type]
        extra_costs=collections["extra_cost"],  # type: ignore[arg-type]
        expenses=collections["expense"],  # type: ignore[arg-type]
    )
