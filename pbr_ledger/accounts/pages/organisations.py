"""The list of organisations, as an administrator of a council reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.roles import AGENT, COUNCIL, PROVIDER
from pbr_ledger.listing import Column
from pbr_ledger.sorting import Sort, by_words

KIND_WORDS = {COUNCIL: "Council", PROVIDER: "Provider", AGENT: "Paying agent"}


@dataclass(frozen=True, slots=True)
class OrganisationShown:
    """An organisation in the list. `address` and `people` are empty where it keeps itself: that is its own."""

    pk: int
    name: str
    kind: str
    is_kept: bool
    address: str
    people: str


COLUMNS: tuple[Column, ...] = (
    ("Name", lambda row: row.name),
    ("Kind", lambda row: row.kind),
    ("Address", lambda row: row.address),
    ("People", lambda row: row.people),
)
"""The list as a file."""
SORTS = (
    Sort("name", "Name", Lower("name")),
    Sort("kind", "Kind", by_words((Q(kind=kind), words) for kind, words in KIND_WORDS.items())),
)


def organisations_listed() -> "QuerySet[Organisation]":
    """Every organisation by name, with how many people have an account there."""
    return Organisation.objects.annotate(active=Count("people", filter=Q(people__is_active=True))).order_by(
        Lower("name"), "pk"
    )


def organisations_shown(organisations: Iterable[Any], kept: frozenset[int]) -> list[OrganisationShown]:
    """The organisations as the list has them, to whoever keeps those of these keys."""
    return [
        OrganisationShown(
            pk=each.pk,
            name=each.name,
            kind=KIND_WORDS[each.kind],
            is_kept=each.pk in kept,
            address=(each.address or "Not recorded") if each.pk in kept else "",
            people=str(each.active) if each.pk in kept else "",
        )
        for each in organisations
    ]
