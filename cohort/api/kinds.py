"""The kinds of fact as the API has them: their words, what is said and taken of each, and how each is searched."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cohort.api import reading, writing


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of fact.

    `kind` is its name in the core, `many` that of its list, `scope` the resource of its scopes; `filters` are the
    columns of a version for parameters that ask for one. `new` and `content` are what is taken, where facts of the
    kind are recorded whole.
    """

    kind: str
    many: str
    sentence: str
    says: type[reading.FactSerializer]
    asks: type[reading.FactsQuery] = reading.FactsQuery
    new: type[writing.ToRecord] | None = None
    content: type[writing.FactContent] | None = None
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """As in `extra-costs:read`, and in addresses."""
        return self.many.replace("_", "-")

    @property
    def prefix(self) -> str:
        """What its ids begin with."""
        return self.says.prefix

    @property
    def words(self) -> str:
        """As people say it."""
        return self.kind.replace("_", " ")


CHILDREN = FactKind(
    kind="child",
    many="children",
    sentence="The children of the cohort, by reference.",
    says=reading.ChildSerializer,
    new=writing.ChildToRecord,
    content=writing.ChildContent,
)
PLACEMENTS = FactKind(
    kind="placement",
    many="placements",
    sentence="The placements and their prices.",
    says=reading.PlacementSerializer,
    asks=reading.PlacementsQuery,
    new=writing.PlacementToRecord,
    content=writing.PlacementContent,
    filters={"child": "child__reference", "household": "household__reference", "setting": "setting"},
)
CLAIMS = FactKind(
    kind="claim",
    many="claims",
    sentence="The claims and what became of them.",
    says=reading.ClaimSerializer,
    asks=reading.ClaimsQuery,
    filters={"placement": "placement__reference", "status": "status"},
)
HOUSEHOLDS = FactKind(
    kind="household",
    many="households",
    sentence="The carer households.",
    says=reading.HouseholdSerializer,
    asks=reading.HouseholdsQuery,
    new=writing.HouseholdToRecord,
    content=writing.HouseholdContent,
    filters={"assessed_by": "assessed_by"},
)
EXTRA_COSTS = FactKind(
    kind="extra_cost",
    many="extra_costs",
    sentence="What is paid for children beside their placements.",
    says=reading.ExtraCostSerializer,
    asks=reading.ExtraCostsQuery,
    new=writing.ExtraCostToRecord,
    content=writing.ExtraCostContent,
    filters={"child": "child__reference", "category": "category"},
)
EXPENSES = FactKind(
    kind="expense",
    many="expenses",
    sentence="Travel that is charged.",
    says=reading.ExpenseSerializer,
    asks=reading.ExpensesQuery,
    new=writing.ExpenseToRecord,
    content=writing.ExpenseContent,
    filters={"category": "category", "day_from": "day__gte", "day_before": "day__lt"},
)
RECORDED = (CHILDREN, PLACEMENTS, HOUSEHOLDS, EXTRA_COSTS, EXPENSES)
"""Those that are recorded whole; claims go their own way."""
EVERY = (*RECORDED, CLAIMS)
