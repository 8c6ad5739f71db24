"""What one fact says of another: references, and retractions of what is referred to (docs/contract.md 11.3)."""

from collections.abc import Collection, Iterator

from cohort.core.facts import Claim, ExtraCost, Fact, KnownFacts, Placement, Retraction
from pbr_ledger.errors import Problem

_WORD_OF = {"extra_cost": "extra cost"}


def reference_problems(fact: Fact, known: KnownFacts) -> list[Problem]:
    """The references of a fact to a child, placement or household that is not live (docs/contract.md 11.3)."""
    return [
        Problem(kind, f"{kind} {reference} is not known on that day")
        for kind, reference in references_of(fact)
        if reference not in known.of_kind(kind)
    ]


def references_of(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The facts that a fact refers to, as kind and id; the kind is also the key of the reference (11.3)."""
    match fact:
        case Placement(household=None):
            return (("child", fact.child),)
        case Placement(household=str(household)):
            return (("child", fact.child), ("household", household))
        case Claim():
            return (("placement", fact.placement),)
        case ExtraCost():
            return (("child", fact.child),)
    return ()


def retraction_problems(
    retraction: Retraction, known_after: KnownFacts, *, ever_recorded: Collection[tuple[str, str]] | None = None
) -> list[Problem]:
    """What stands against a retraction, given all that is known after it (docs/contract.md 11.3).

    A live fact must not refer to what is retracted; restored by a later version of the same day, it is live again
    and nothing stands against it. `ever_recorded` holds kind and id of everything recorded until then: retracting
    twice is harmless, retracting what never was is refused. Left out, that is not asked.
    """
    word = _WORD_OF.get(retraction.kind, retraction.kind)
    if ever_recorded is not None and (retraction.kind, retraction.id) not in ever_recorded:
        return [Problem("id", f"there is no live {word} {retraction.id} to retract")]
    if retraction.id in known_after.of_kind(retraction.kind):
        return []
    target = (retraction.kind, retraction.id)
    return [
        Problem("id", f"{_WORD_OF.get(fact.kind, fact.kind)} {fact.id} still refers to {word} {retraction.id}")
        for fact in _facts_that_refer(known_after)
        if target in references_of(fact)
    ]


def _facts_that_refer(known: KnownFacts) -> Iterator[Fact]:
    yield from known.placements.values()
    yield from known.claims.values()
    yield from known.extra_costs.values()
