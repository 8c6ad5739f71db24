"""Baselines as both sides agreed them, and what is proposed (docs/contract.md 1.1)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from cohort.core.facts import Child, Rate
from cohort.lifecycles import OPEN
from cohort.models import BaselineAgreement, BaselineProposal, Contract
from pbr_ledger.money import pence_of, pounds_text

Written = list[dict[str, str]]
"""Rates as rows keep them: `[{"from": "2025-04-01", "weekly": "7100.00", "contribution": "0.00"}]`."""


def rates_written(rates: Sequence[Rate]) -> Written:
    """The rates as a row keeps them."""
    return [
        {
            "from": rate.start.isoformat(),
            "weekly": pounds_text(rate.weekly_pence),
            "contribution": pounds_text(rate.contribution_pence),
        }
        for rate in rates
    ]


def rates_read(written: Sequence[Mapping[str, str]]) -> tuple[Rate, ...]:
    """The rates that a row keeps."""
    return tuple(
        Rate(
            date.fromisoformat(each["from"]),
            pence_of(Decimal(each["weekly"])),
            pence_of(Decimal(each["contribution"])),
        )
        for each in written
    )


def agreed_baselines(contract: Contract, children: Collection[str] | None = None) -> dict[str, tuple[Rate, ...]]:
    """By child, the baseline that both sides agreed last; of these children only, where they are given. One query."""
    rows = BaselineAgreement.objects.filter(child__contract=contract)
    if children is not None:
        rows = rows.filter(child__reference__in=list(children))
    latest = rows.order_by("child", "-agreed_at").distinct("child")
    return {child: rates_read(rates) for child, rates in latest.values_list("child__reference", "rates")}


def baseline_is_agreed(contract: Contract, child: Child) -> bool:
    """Both sides agreed to the baseline that is recorded of the child now."""
    return agreed_baselines(contract, [child.id]).get(child.id) == child.baseline


def open_baseline_proposals(contracts: Collection[int]) -> QuerySet[BaselineProposal]:
    """What is proposed in these contracts and waits for the other side, the longest waiting first."""
    rows = BaselineProposal.objects.filter(child__contract__in=contracts, status=OPEN)
    return rows.select_related("child__contract", "proposed_by").order_by("proposed_at")
