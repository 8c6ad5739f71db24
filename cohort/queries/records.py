"""Facts with the identities behind them, for programs that keep them elsewhere too: found, filtered, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cohort.core.facts import Fact
from cohort.models import Contract, Identity
from cohort.queries.facts import READINGS, contents_of
from cohort.queries.history import IDENTITIES
from pbr_ledger.accounts.models import Person


@dataclass(frozen=True, slots=True)
class FactRecord:
    """One version of a fact, and the fact's key. Of a retraction `content` is what was last said of the fact."""

    key: int
    version_key: int
    contract_id: int
    reference: str
    content: Fact
    retracted: bool
    recorded_at: datetime
    recorded_by: Person
    superseded_at: datetime | None


def identities(
    *,
    kind: str,
    contract: Contract,
    at: datetime | None = None,
    changed_since: datetime | None = None,
    with_retracted: bool = False,
    **content: Any,
) -> QuerySet[Any]:
    """The facts of the kind that are known, now or at the instant, and whose version says what is asked.

    `content` are columns of the version with their values; `changed_since` is when that version was recorded, or later.
    """
    asked = _known("versions__", at) & Q(**{f"versions__{column}": value for column, value in content.items()})
    if changed_since is not None:
        asked &= Q(versions__recorded_at__gte=changed_since)
    if not with_retracted:
        asked &= Q(versions__retracted=False)
    found: QuerySet[Any] = IDENTITIES[kind].objects.filter(asked, contract=contract)
    return found


def records_of(
    *, kind: str, contract: Contract, facts: Sequence[Identity], at: datetime | None = None
) -> list[FactRecord]:
    """The version of each of the facts that is known, now or at the instant, in the order of their keys.

    Three queries at most, however many there are.
    """
    versions = READINGS[kind].versions.filter(_known("", at), fact__in=facts)
    return records_among(kind=kind, contract=contract, versions=versions.order_by("fact"))


def records_among(*, kind: str, contract: Contract, versions: QuerySet[Any]) -> list[FactRecord]:
    """The versions, in their order, with what they say. Three queries at most, however many there are."""
    reading = READINGS[kind]
    live = reading.versions.filter(
        fact=OuterRef("fact"), retracted=False, recorded_at__lte=OuterRef("recorded_at")
    ).order_by("-recorded_at")
    rows = list(versions.select_related("fact", "recorded_by").annotate(said_in=Subquery(live.values("pk")[:1])))
    said_in = {row.said_in for row in rows}
    contents = contents_of(reading, contract, lambda path: Q(**{f"{path}pk__in": said_in})) if rows else {}
    return [
        FactRecord(
            key=row.fact_id,
            version_key=row.pk,
            contract_id=contract.pk,
            reference=row.fact.reference,
            content=contents[row.said_in],
            retracted=row.retracted,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            superseded_at=row.superseded_at,
        )
        for row in rows
    ]


def _known(path: str, at: datetime | None) -> Q:
    if at is None:
        return Q(**{f"{path}superseded_at": None})
    later = Q(**{f"{path}superseded_at": None}) | Q(**{f"{path}superseded_at__gt": at})
    return Q(**{f"{path}recorded_at__lte": at}) & later
