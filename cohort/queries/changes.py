"""What was recorded of a contract between two instants, each version beside the one it replaced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from cohort.core.facts import Fact
from cohort.models import Contract, TermsVersion
from cohort.queries.facts import READINGS, Reading, contents_of


@dataclass(frozen=True, slots=True)
class FactChange:
    """A version of a fact: what was known before it (None: nothing), and what since (None: it was taken back)."""

    kind: str
    reference: str
    recorded_at: datetime
    recorded_by: str
    before: Fact | None
    after: Fact | None


def changes_between(*, contract: Contract, after: datetime, until: datetime) -> list[FactChange]:
    """The versions recorded after the one instant and not after the other, in the order of recording.

    Takes the same number of queries however many there are (docs/contract.md 11.3).
    """
    found = [
        change for kind, reading in READINGS.items() for change in _changes(contract, kind, reading, (after, until))
    ]
    return sorted(found, key=lambda change: change.recorded_at)


def terms_recorded_between(*, contract: Contract, after: datetime, until: datetime) -> list[TermsVersion]:
    """The versions of the terms recorded in the same span, in that order."""
    rows = TermsVersion.objects.filter(contract=contract, recorded_at__gt=after, recorded_at__lte=until)
    return list(rows.select_related("recorded_by").order_by("recorded_at"))


def _changes(contract: Contract, kind: str, reading: Reading, span: tuple[datetime, datetime]) -> Iterator[FactChange]:
    after, until = span

    def within(path: str) -> Q:
        begun = Q(**{f"{path}recorded_at__gt": after, f"{path}recorded_at__lte": until})
        return begun | Q(**{f"{path}superseded_at__gt": after, f"{path}superseded_at__lte": until})

    contents = contents_of(reading, contract, within)
    columns = ("pk", "fact__reference", "recorded_at", "superseded_at", "recorded_by__full_name")
    rows = list(reading.versions.filter(within(""), fact__contract=contract).values_list(*columns))
    replaced = {(reference, ended): contents.get(key) for key, reference, _, ended, _ in rows if ended}
    for key, reference, recorded_at, _, name in rows:
        if after < recorded_at <= until:
            before = replaced.get((reference, recorded_at))
            yield FactChange(kind, reference, recorded_at, name, before, contents.get(key))
