"""Facts into rows: identities are made once, the current version is closed, the next one added."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Case, DateTimeField, Manager, QuerySet, Value, When

from cohort import models
from cohort.core.facts import (
    Child,
    Claim,
    Expense,
    ExtraCost,
    Fact,
    Household,
    Placement,
    Rate,
    Retraction,
)
from cohort.core.validity import references_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.money import pounds_of

Content = Fact | Retraction
Keys = Mapping[tuple[str, str], int]
"""The keys of identities by kind and reference."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """Where one kind of fact is kept, and how its content becomes columns."""

    identities: Manager[Any]
    versions: Manager[Any]
    columns: Callable[[Any, Keys], dict[str, object]]
    rates: QuerySet[Any] | None = None


def write(*, contract: models.Contract, versions: Sequence[tuple[datetime, Content]], by: Person) -> None:
    """Write the versions with their stamps, which rise; of one fact each is closed by the next.

    Expects the contract locked and the facts checked.
    """
    contents = [content for _, content in versions]
    known = _existing(contract, _named_by(contents))
    keys = known | _new_identities(contract, contents, known)
    for kind, tables in _TABLES.items():
        of_kind = [(at, content) for at, content in versions if content.kind == kind]
        if of_kind:
            _close_current(tables, of_kind, known)
            _add(tables, of_kind, keys, by)


def recorded_among(contract: models.Contract, contents: Iterable[Content]) -> set[tuple[str, str]]:
    """Kind and id of those that were ever recorded of the contract, live or not."""
    return set(_existing(contract, {(content.kind, content.id) for content in contents}))


def recorded_since(contract: models.Contract, contents: Iterable[Content], at: datetime) -> list[Content]:
    """Those of which a version was recorded after the instant."""
    found = list(contents)
    newer: set[tuple[str, str]] = set()
    for kind, tables in _TABLES.items():
        references = [content.id for content in found if content.kind == kind]
        if references:
            rows = tables.versions.filter(
                fact__contract=contract, fact__reference__in=references, recorded_at__gt=at
            ).values_list("fact__reference", flat=True)
            newer |= {(kind, reference) for reference in rows}
    return [content for content in found if (content.kind, content.id) in newer]


def _existing(contract: models.Contract, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for kind, tables in _TABLES.items():
        references = {reference for wanted_kind, reference in wanted if wanted_kind == kind}
        if references:
            rows = tables.identities.filter(contract=contract, reference__in=references)
            found |= {(kind, reference): key for reference, key in rows.values_list("reference", "pk")}
    return found


def _named_by(contents: Sequence[Content]) -> set[tuple[str, str]]:
    """The facts and all they refer to."""
    own = {(content.kind, content.id) for content in contents}
    return own | {
        reference for content in contents if not isinstance(content, Retraction) for reference in references_of(content)
    }


def _new_identities(contract: models.Contract, contents: Sequence[Content], known: Keys) -> dict[tuple[str, str], int]:
    """The keys of the facts that were never recorded, made here."""
    keys: dict[tuple[str, str], int] = {}
    for kind, tables in _TABLES.items():
        new = sorted({each.id for each in contents if each.kind == kind and (kind, each.id) not in known})
        rows = [tables.identities.model(contract=contract, reference=reference) for reference in new]
        keys |= {(kind, row.reference): row.pk for row in tables.identities.bulk_create(rows)}
    return keys


def _close_current(tables: _Tables, versions: Sequence[tuple[datetime, Content]], known: Keys) -> None:
    """Close what is current of the facts that were recorded before, all in one question."""
    first_of = {
        key: at for at, content in reversed(versions) if (key := known.get((content.kind, content.id))) is not None
    }
    if first_of:
        stamp = Case(*(When(fact=key, then=Value(at)) for key, at in first_of.items()), output_field=DateTimeField())
        tables.versions.filter(fact__in=first_of, superseded_at=None).update(superseded_at=stamp)


def _add(tables: _Tables, versions: Sequence[tuple[datetime, Content]], keys: Keys, by: Person) -> None:
    rows = [
        tables.versions.model(
            fact_id=keys[content.kind, content.id],
            recorded_at=at,
            recorded_by=by,
            superseded_at=superseded_at,
            **_content_columns(tables, content, keys),
        )
        for at, superseded_at, content in _with_ends(versions)
    ]
    tables.versions.bulk_create(rows)
    if tables.rates is not None:
        _add_rates(tables.rates, zip(rows, (content for _, _, content in _with_ends(versions)), strict=True))


def _content_columns(tables: _Tables, content: Content, keys: Keys) -> dict[str, object]:
    return {"retracted": True} if isinstance(content, Retraction) else tables.columns(content, keys)


def _with_ends(
    versions: Sequence[tuple[datetime, Content]],
) -> list[tuple[datetime, datetime | None, Content]]:
    """Each version with the stamp of the next one of the same fact, None for the last."""
    stamps_of: dict[str, list[datetime]] = {}
    for at, content in versions:
        stamps_of.setdefault(content.id, []).append(at)
    ends = {at: end for stamps in stamps_of.values() for at, end in pairwise(stamps)}
    return [(at, ends.get(at), content) for at, content in versions]


def _add_rates(rates: QuerySet[Any], pairs: Iterable[tuple[models.Version, Content]]) -> None:
    rates.bulk_create(
        rates.model(
            version=row,
            start=rate.start,
            weekly=pounds_of(rate.weekly_pence),
            contribution=pounds_of(rate.contribution_pence),
        )
        for row, content in pairs
        for rate in _rates_of(content)
    )


def _rates_of(content: Content) -> tuple[Rate, ...]:
    match content:
        case Child():
            return content.baseline
        case Placement():
            return content.costs
    return ()


# Content as columns


def _child(child: Child, _keys: Keys) -> dict[str, object]:
    return {"joined": child.joined, "left": child.left, "rate_count": len(child.baseline)}


def _placement(placement: Placement, keys: Keys) -> dict[str, object]:
    return {
        "child_id": keys["child", placement.child],
        "setting": placement.setting,
        "start": placement.start,
        "until": placement.until,
        "ended": placement.ended,
        "household_id": None if placement.household is None else keys["household", placement.household],
        "rate_count": len(placement.costs),
        "block_contract": placement.block_contract,
    }


def _claim(claim: Claim, keys: Keys) -> dict[str, object]:
    return {"placement_id": keys["placement", claim.placement], "status": claim.status}


def _household(household: Household, _keys: Keys) -> dict[str, object]:
    return {"assessed_by": household.assessed_by, "panel_approved": household.panel_approved}


def _extra_cost(extra_cost: ExtraCost, keys: Keys) -> dict[str, object]:
    return {
        "child_id": keys["child", extra_cost.child],
        "category": extra_cost.category,
        "start": extra_cost.start,
        "until": extra_cost.until,
        "weekly": pounds_of(extra_cost.weekly_pence),
    }


def _expense(expense: Expense, _keys: Keys) -> dict[str, object]:
    return {
        "day": expense.day,
        "category": expense.category,
        "amount": pounds_of(expense.amount_pence),
        "description": expense.description,
    }


_TABLES: Mapping[str, _Tables] = {
    "child": _Tables(models.Child.objects, models.ChildVersion.objects, _child, models.BaselineRate.objects.all()),
    "household": _Tables(models.Household.objects, models.HouseholdVersion.objects, _household),
    "placement": _Tables(
        models.Placement.objects, models.PlacementVersion.objects, _placement, models.PlacementRate.objects.all()
    ),
    "claim": _Tables(models.Claim.objects, models.ClaimVersion.objects, _claim),
    "extra_cost": _Tables(models.ExtraCost.objects, models.ExtraCostVersion.objects, _extra_cost),
    "expense": _Tables(models.Expense.objects, models.ExpenseVersion.objects, _expense),
}
