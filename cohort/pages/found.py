"""What the search finds among contracts and facts: by reference, for those who may see the contract."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse

from cohort.models import (
    Child,
    ChildVersion,
    Claim,
    ClaimVersion,
    Contract,
    Expense,
    ExpenseVersion,
    Household,
    HouseholdVersion,
    PlacementVersion,
)
from cohort.queries import contracts_visible_to
from pbr_ledger.accounts.models import Person
from pbr_ledger.search import MOST_EACH, Found

KINDS: tuple[tuple[str, type[Any], type[Any], str, bool], ...] = (
    ("Children", Child, ChildVersion, "child", True),
    ("Claims", Claim, ClaimVersion, "claim", True),
    ("Households", Household, HouseholdVersion, "carers", False),
    ("Expenses", Expense, ExpenseVersion, "expenses", False),
)
"""Of each kind: what it is called, its rows and versions, its page, and whether that is the fact's own."""


def found_in_cohort(person: Person, wanted: str) -> Iterator[Found]:
    """Contracts by reference or title; live facts by reference. As many queries for thirty contracts as for one."""
    contracts = contracts_visible_to(person)
    named = contracts.filter(Q(reference__icontains=wanted) | Q(title__icontains=wanted))
    for contract in named[:MOST_EACH]:
        yield Found("Contracts", contract.title, contract.reference, reverse("contract", args=[contract.pk]))
    for kind, identity, version, page, is_own in KINDS:
        for fact in _live(identity, version, contracts, wanted):
            parts = [fact.contract_id, fact.pk] if is_own else [fact.contract_id]
            yield Found(kind, fact.contract.reference, fact.reference, reverse(page, args=parts))
    yield from _placements(contracts, wanted)


def _live(identity: type[Any], version: type[Any], contracts: QuerySet[Contract], wanted: str) -> "QuerySet[Any]":
    """The facts whose reference holds the words and that are not retracted, by contract and reference."""
    live = version.objects.filter(fact=OuterRef("pk"), superseded_at=None, retracted=False)
    rows = identity.objects.filter(Exists(live), contract__in=contracts, reference__icontains=wanted)
    found: QuerySet[Model] = rows.select_related("contract").order_by("contract__reference", "reference")
    return found[:MOST_EACH]


def _placements(contracts: QuerySet[Contract], wanted: str) -> Iterator[Found]:
    """Placements stand on the page of their child."""
    current = PlacementVersion.objects.filter(
        fact__contract__in=contracts, fact__reference__icontains=wanted, superseded_at=None, retracted=False
    )
    rows = current.select_related("fact__contract").order_by("fact__contract__reference", "fact__reference")
    for version in rows[:MOST_EACH]:
        contract = version.fact.contract
        address = reverse("child", args=[contract.pk, version.child_id])
        yield Found("Placements", contract.reference, version.fact.reference, address)
