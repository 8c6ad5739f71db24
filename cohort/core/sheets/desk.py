"""What is known while rows are gone through: what the ledger knows, and what the rows before have added (11.3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cohort.core.facts import Child, Claim, Fact, Household, KnownFacts, Placement, Rate
from cohort.core.sheets.rows import Place

Key = tuple[str, str]
"""Kind and id of a fact."""
Rates = tuple[Rate, ...]
_OVER = ("rejected", "withdrawn")


class Refusal(Exception):
    """A row cannot be taken; `column` is the key of the column that it is about."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Standing:
    """What rows are held against: what is known, and what stands beside it.

    `taken` holds the references in use by kind, of retracted facts too; `agreed` the baselines that both sides agreed,
    by child, and `proposed` those that wait for an answer.
    """

    known: KnownFacts
    taken: Mapping[str, Collection[str]] = field(default_factory=dict)
    agreed: Mapping[str, Rates] = field(default_factory=dict)
    proposed: Mapping[str, Rates] = field(default_factory=dict)


@dataclass(slots=True)
class Desk:
    """What is known, with what the rows so far have added."""

    standing: Standing
    facts: dict[Key, Fact] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[Key, Place] = field(default_factory=dict)
    rates: dict[tuple[Key, object], tuple[Place, Rate]] = field(default_factory=dict)
    claimed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        live = (claim for claim in self.standing.known.claims.values() if claim.status not in _OVER)
        self.claimed.update((claim.placement, claim.id) for claim in live)

    def recorded(self, kind: str, reference: str) -> Fact | None:
        """The fact as the ledger knows it."""
        return self.standing.known.of_kind(kind).get(reference)

    def fact(self, kind: str, reference: str) -> Fact | None:
        """The fact with what the rows so far have added."""
        return self.facts.get((kind, reference)) or self.recorded(kind, reference)

    def require_free(self, kind: str, reference: str) -> None:
        """Refuse the reference of a fact that was retracted: recording it would bring that one back."""
        if reference in self.standing.taken.get(kind, ()):
            raise Refusal(kind, f"“{reference}” was retracted. Take another reference, or restore it on its page")

    def child(self, reference: str) -> Child:
        """The child that a row refers to."""
        found = self.fact("child", reference)
        if not isinstance(found, Child):
            raise Refusal("child", f"“{reference}” is neither known nor on the sheet Children")
        return found

    def placement(self, reference: str) -> Placement:
        """The placement that a row refers to."""
        found = self.fact("placement", reference)
        if not isinstance(found, Placement):
            raise Refusal("placement", f"“{reference}” is neither known nor on the sheet Placements")
        return found

    def household(self, reference: str | None) -> Household | None:
        """The household that a row refers to, if to any."""
        if reference is None:
            return None
        found = self.fact("household", reference)
        if not isinstance(found, Household):
            raise Refusal("household", f"“{reference}” is neither known nor on the sheet Households")
        return found

    def claim(self, reference: str) -> Claim | None:
        """The claim that is known by this reference."""
        found = self.fact("claim", reference)
        return found if isinstance(found, Claim) else None

    def require_agreed_baseline(self, child: str) -> None:
        """Refuse to agree a claim on a baseline that both sides have not agreed, as its page does."""
        found = self.recorded("child", child)
        if not isinstance(found, Child) or self.standing.agreed.get(child) != found.baseline:
            raise Refusal(
                "status",
                f"the baseline of child {child} is not agreed by both sides yet. Agree it first, or write Claimed",
            )

    def price(self, key: Key, rate: Rate, place: Place) -> None:
        """Keep where a price was given. Refuses another one from the same night."""
        before = self.rates.setdefault((key, rate.start), (place, rate))
        if before[0] != place and before[1] != rate:
            raise Refusal("start", f"{before[0]} gives another price from the same night")
