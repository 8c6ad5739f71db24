"""A contract at a glance: the three numbers, what needs somebody, the chart, the cohort, the months."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse

from cohort.models import Contract
from cohort.queries import CohortGlance, cohort_at_a_glance
from pbr_ledger.accounts.models import Person
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import count_shown, day_shown, setting_shown
from savings import rules
from savings.documents.chart import chart_svg
from savings.documents.reconciliation import chart_of, standing_context
from savings.pages.contracts import needs_shown
from savings.pages.months import ContractMonths

COHORT_ROUTE = "cohort"


@dataclass(frozen=True, slots=True)
class CohortShown:
    """How many children live where today, and how far claims and carers have come; `address` leads to the cohort."""

    day: str
    children: str
    settings: tuple[tuple[str, int], ...]
    claims: str
    undecided: str
    carers: str
    address: str


def overview_page(contract: Contract, months: ContractMonths, *, person: Person, on: date) -> dict[str, Any]:
    """Everything that a contract's first page places."""
    context: dict[str, Any] = {
        "months": months.months,
        "needs": needs_shown(person, [contract]),
        "cohort": cohort_shown(contract, on=on),
        "may_propose": rules.may_propose(person, contract),
    }
    if months.latest:
        context |= {**standing_context(months.latest), "chart": chart_svg(chart_of(months.latest))}
    elif months.cap:
        nothing = pounds_shown(0)
        context |= {"fee_charged": nothing, "cap": months.cap, "left_to_charge": months.cap, "net_benefit": nothing}
    return context


def cohort_shown(contract: Contract, *, on: date) -> CohortShown:
    """The cohort on the day, in words."""
    glance = cohort_at_a_glance(contract, on=on)
    settings = [(setting_shown(setting), count) for setting, count in sorted(glance.by_setting.items(), key=_most)]
    if glance.elsewhere:
        settings.append(("No placement recorded", glance.elsewhere))
    undecided = glance.claims.get("submitted", 0) + glance.claims.get("queried", 0)
    return CohortShown(
        day=day_shown(on),
        children=count_shown(glance.children, "child", "children"),
        settings=tuple(settings),
        claims=count_shown(glance.claims.get("agreed", 0), "claim"),
        undecided=count_shown(undecided, "claim") if undecided else "",
        carers=_carers(glance),
        address=_address(contract),
    )


def _carers(glance: CohortGlance) -> str:
    if not glance.households:
        return "No household of the provider’s is recorded yet"
    return f"{glance.approved:,} of {count_shown(glance.households, 'household')} that the provider assessed"


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _address(contract: Contract) -> str:
    """The cohort's own page, where the ledger has one."""
    try:
        return reverse(COHORT_ROUTE, args=[contract.pk])
    except NoReverseMatch:
        return ""
