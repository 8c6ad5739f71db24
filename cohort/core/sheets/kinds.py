"""The sheets in which facts come, and their columns, in the words of whoever fills them in (docs/contract.md 1, 2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pbr_ledger.words import SETTING_NAMES

REFERENCE, DAY_VALUE, AMOUNT, CHOICE, COUNT, WORDS = "reference", "day", "amount", "choice", "count", "words"
"""What the cells of a column hold."""
BLOCK_CONTRACT, NO_BLOCK_CONTRACT = "block", "none"
MOST_CHARACTERS = 4000
"""Of any cell: the longest text that is kept beside a claim."""
MOST_ROWS = 5000
"""Of one file: the children of a whole country come to fewer."""
MOST_COLUMNS = 50


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the heading, what to write below it, and by which words a choice is made."""

    key: str
    heading: str
    note: str
    holds: str
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A sheet that holds facts of one kind, or their prices; `key` stands in addresses and in what is kept."""

    key: str
    name: str
    lead: str
    columns: tuple[Column, ...]
    for_provider: bool = False

    def column(self, key: str) -> Column:
        """The column of this key."""
        return next(column for column in self.columns if column.key == key)

    @property
    def required_headings(self) -> tuple[str, ...]:
        """The headings without which the sheet means nothing."""
        return tuple(column.heading for column in self.columns if column.required)


def _reference(key: str, heading: str, note: str, *, required: bool = True) -> Column:
    return Column(key, heading, note, REFERENCE, required)


def _day(key: str, heading: str, note: str, *, required: bool = False) -> Column:
    return Column(key, heading, note, DAY_VALUE, required)


def _amount(key: str, heading: str, note: str, *, required: bool = False) -> Column:
    return Column(key, heading, note, AMOUNT, required)


_SETTINGS = MappingProxyType({name: setting for setting, name in SETTING_NAMES.items()})
_PARTNERS = _amount(
    "contribution", "Partners pay a week", "What health or education pay of it. Leave empty where they pay nothing."
)

CHILDREN = SheetKind(
    "children",
    "Children",
    "The children of the cohort, each with the price its savings are measured against.",
    (
        _reference("child", "Child", "The child’s reference, like C01. Never a name."),
        _day("joined", "Joined", "When the child joined the cohort.", required=True),
        _day("left", "Left", "The first night that no longer counts. Leave empty while the child is in the cohort."),
        _amount(
            "weekly", "Baseline a week", "The weekly price of residential care from the day of joining.", required=True
        ),
        _PARTNERS,
    ),
)
BASELINES = SheetKind(
    "baselines",
    "Baselines",
    "New baselines from a later day, after an uplift for example.",
    (
        _reference("child", "Child", "The child’s reference."),
        _day("start", "From", "The first night at the new price.", required=True),
        _amount("weekly", "Baseline a week", "The new weekly price of residential care.", required=True),
        _PARTNERS,
    ),
)
HOUSEHOLDS = SheetKind(
    "households",
    "Households",
    "Carer households, and when panel approved them.",
    (
        _reference("household", "Household", "A reference, like H07. Never a carer’s name."),
        Column(
            "assessed_by",
            "Assessed by",
            "Who assessed the household: Provider or Council.",
            CHOICE,
            required=True,
            choices={"Provider": "provider", "Council": "council"},
        ),
        _day("panel_approved", "Panel approved", "Leave empty until panel has approved it."),
    ),
    for_provider=True,
)
PLACEMENTS = SheetKind(
    "placements",
    "Placements",
    "Where the children live and lived, each with its price from the first night.",
    (
        _reference("placement", "Placement", "Your reference of the placement, like C01-F0."),
        _reference("child", "Child", "The child’s reference."),
        Column("setting", "Setting", "One of the settings of the contract.", CHOICE, required=True, choices=_SETTINGS),
        _day("start", "Moved in", "The first night there.", required=True),
        _day("until", "Moved out", "The first night elsewhere. Leave empty while the child lives there."),
        Column(
            "ended",
            "How it ended",
            "As planned or Broke down; needed where the child has moved out.",
            CHOICE,
            choices={"As planned": "planned", "Broke down": "breakdown"},
        ),
        _reference("household", "Household", "The carer household, where there is one.", required=False),
        _amount("weekly", "Price a week", "What the place costs a week from the first night.", required=True),
        _PARTNERS,
        Column(
            "block_contract",
            "Block contract",
            "Yes where the bed is paid for whether used or not. Changes no figure of a statement.",
            CHOICE,
            choices={"Yes": BLOCK_CONTRACT, "No": NO_BLOCK_CONTRACT},
        ),
    ),
    for_provider=True,
)
PRICES = SheetKind(
    "prices",
    "Prices",
    "New prices of placements from a later day.",
    (
        _reference("placement", "Placement", "The placement’s reference."),
        _day("start", "From", "The first night at the new price.", required=True),
        _amount("weekly", "Price a week", "What the place costs a week from then on.", required=True),
        _PARTNERS,
    ),
)
EXTRA_COSTS = SheetKind(
    "extra-costs",
    "Extra costs",
    "What the council still pays for a child beside the placement: notice, a retainer, support.",
    (
        _reference("extra_cost", "Extra cost", "Your reference of it, like C01-N1."),
        _reference("child", "Child", "The child’s reference."),
        Column(
            "category",
            "What for",
            "Notice (a home is still paid after the child has left), Retainer (a place is kept open) or Support.",
            CHOICE,
            required=True,
            choices={"Notice": "notice", "Retainer": "retainer", "Support": "support"},
        ),
        _day("start", "From", "The first night that is paid.", required=True),
        _day("until", "Until", "The first night that is no longer paid.", required=True),
        _amount("weekly", "Cost a week", "What the council itself pays a week, less what partners pay.", required=True),
    ),
)
CLAIMS = SheetKind(
    "claims",
    "Claims",
    "Claims that a placement is a transition. What was claimed before is decided on its page.",
    (
        _reference("claim", "Claim", "Your reference of the claim, like C01-T1."),
        _reference("placement", "Placement", "The placement’s reference."),
        Column(
            "status",
            "Status",
            "Claimed, or Agreed for a move that both sides know of. Empty means Claimed.",
            CHOICE,
            choices={"Claimed": "submitted", "Agreed": "agreed"},
        ),
        Column("text", "What shows it", "What shows that the child has moved. Name nobody.", WORDS, required=True),
    ),
    for_provider=True,
)
EXPENSES = SheetKind(
    "expenses",
    "Expenses",
    "Travel of family support workers.",
    (
        _reference("expense", "Expense", "Your reference of the journey or ticket, like E014."),
        _day("day", "Date", "The day of the journey.", required=True),
        Column(
            "category",
            "Kind",
            "Mileage, Travel (train, bus, taxi, parking) or Other.",
            CHOICE,
            required=True,
            choices={"Mileage": "mileage", "Travel": "travel", "Other": "other"},
        ),
        Column("miles", "Miles", "For mileage, with at most one decimal.", COUNT),
        _amount("amount", "Amount", "For all other kinds."),
        Column("description", "What it was for", "Name nobody: “visit to household H07”.", WORDS, required=True),
    ),
    for_provider=True,
)

SHEETS = (CHILDREN, BASELINES, HOUSEHOLDS, PLACEMENTS, PRICES, EXTRA_COSTS, CLAIMS, EXPENSES)
"""In the order in which they are read: what is referred to comes before what refers to it."""
BY_KEY: Mapping[str, SheetKind] = MappingProxyType({kind.key: kind for kind in SHEETS})
