"""The facts of a contract, each as an immutable value (docs/contract.md 1 and 2).

Ids are references, compared as text. Periods are half-open: `until` is the first night that is *not* covered,
and None while open. Weekly amounts are whole pence a week.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from cohort.core.terms import Terms

RESIDENTIAL_SETTINGS = ("residential", "unregistered")
SETTINGS = (
    "residential",
    "unregistered",
    "fostering_in_house",
    "fostering_external",
    "connected_carers",
    "special_guardianship",
    "reunification",
    "supported_living",
    "other",
)
ENDINGS = ("planned", "breakdown")
CLAIM_STATUSES = ("submitted", "queried", "agreed", "rejected", "withdrawn")
ASSESSORS = ("provider", "council")
EXTRA_COST_KINDS = ("notice", "retainer", "support")


@dataclass(frozen=True, slots=True)
class Rate:
    """A price in force from a date until the next rate begins; `contribution_pence` of it is paid by partners."""

    start: date
    weekly_pence: int
    contribution_pence: int = 0

    @property
    def net_pence(self) -> int:
        """What the council itself pays a week, in pence."""
        return self.weekly_pence - self.contribution_pence


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the cohort from `joined` until `left`, with the residential price as its baseline."""

    kind: ClassVar[str] = "child"
    id: str
    joined: date
    left: date | None
    baseline: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a child lives, in which setting and at what price; `ended` says how it ended, once it has.

    With `block_contract` the bed is paid for whether used or not, so that leaving it may save no cash. No figure of a
    statement asks for it.
    """

    kind: ClassVar[str] = "placement"
    id: str
    child: str
    setting: str
    start: date
    until: date | None
    ended: str | None
    household: str | None
    costs: tuple[Rate, ...]
    block_contract: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """The provider's claim that a placement is a transition; it earns savings only while its status is `agreed`."""

    kind: ClassVar[str] = "claim"
    id: str
    placement: str
    status: str


@dataclass(frozen=True, slots=True)
class Household:
    """A carer household: who assessed it, and when panel approved it."""

    kind: ClassVar[str] = "household"
    id: str
    assessed_by: str
    panel_approved: date | None


@dataclass(frozen=True, slots=True)
class ExtraCost:
    """A weekly amount that the council still pays for a child beside the placement, net of contributions."""

    kind: ClassVar[str] = "extra_cost"
    id: str
    child: str
    category: str
    start: date
    until: date
    weekly_pence: int


@dataclass(frozen=True, slots=True)
class Expense:
    """Travel of family support workers, invoiced separately."""

    kind: ClassVar[str] = "expense"
    id: str
    day: date
    category: str
    amount_pence: int
    description: str


@dataclass(frozen=True, slots=True)
class Retraction:
    """The word that a fact was wrong altogether: from then on it is not known, until a later version restores it."""

    kind: str
    id: str


Fact = Child | Placement | Claim | Household | ExtraCost | Expense
FACT_TYPES: Mapping[str, type[Fact]] = MappingProxyType(
    {fact_type.kind: fact_type for fact_type in (Child, Placement, Claim, Household, ExtraCost, Expense)}
)


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Everything known of one contract at an instant: the latest live version of each fact, by id, and the terms.

    `terms` holds every version recorded by then, in the order of recording.
    """

    terms: tuple[Terms, ...] = ()
    children: Mapping[str, Child] = field(default_factory=dict)
    placements: Mapping[str, Placement] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    households: Mapping[str, Household] = field(default_factory=dict)
    extra_costs: Mapping[str, ExtraCost] = field(default_factory=dict)
    expenses: Mapping[str, Expense] = field(default_factory=dict)

    def of_kind(self, kind: str) -> Mapping[str, Fact]:
        """The live facts of one kind, by id."""
        collections: Mapping[str, Mapping[str, Fact]] = {
            "child": self.children,
            "placement": self.placements,
            "claim": self.claims,
            "household": self.households,
            "extra_cost": self.extra_costs,
            "expense": self.expenses,
        }
        return collections[kind]
