"""The versions of a contract's terms: which months use which, and what each changed (docs/contract.md 11.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from cohort.core.terms import Terms, programme_start, terms_for_month
from cohort.models import Contract, TermsVersion
from cohort.pages.terms.words import TermShown, TermsStated, terms_changed, terms_shown
from cohort.queries import terms_history, terms_of
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month, day_of
from pbr_ledger.words import day_shown, instant_shown, listed, month_shown

USED_BY_NONE = "No month"


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version in the list: `number` counts from 1 in the order of recording, `changed` names what it changed."""

    number: int
    effective_from: str
    recorded_by: str
    recorded_at: str
    months: str
    changed: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """A month of the schedule: its own amount, what it was in the version before, and the sum up to it."""

    month: str
    amount: str
    before: str
    to_date: str


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions of a contract's terms, in the order of recording."""

    rows: tuple[TermsVersion, ...]
    stated: tuple[TermsStated, ...]

    @classmethod
    def of(cls, contract: Contract) -> "Versions":
        """Read in a fixed number of queries."""
        rows = terms_history(contract)
        return cls(tuple(rows), tuple(map(stated_in, rows)))

    @property
    def terms(self) -> tuple[Terms, ...]:
        """The versions as the arithmetic reads them."""
        return tuple(each.terms for each in self.stated)

    def number_for(self, month: Month) -> int:
        """The number of the version that the month uses, as known now (11.1). Raises `NoTermsKnown`."""
        found = terms_for_month(self.terms, month)
        return next(number for number, terms in enumerate(self.terms, start=1) if terms is found)


def stated_in(row: TermsVersion) -> TermsStated:
    """The terms of a row, with its days to answer."""
    return TermsStated(terms_of(row), row.response_days)


def month_now(at: datetime) -> Month:
    """The month of the instant, whose terms are those in force."""
    return Month.of(day_of(at))


def versions_shown(versions: Versions, *, now: Month) -> tuple[VersionShown, ...]:
    """Every version, the latest recorded first, with the months of the programme that use it."""
    months = months_by_version(versions.terms)
    in_force = versions.number_for(now) if versions.rows else 0
    shown = [
        VersionShown(
            number,
            day_shown(row.effective_from),
            row.recorded_by.full_name,
            instant_shown(row.recorded_at),
            months.get(number, USED_BY_NONE),
            _changed(versions.stated, number),
            number == in_force,
        )
        for number, row in enumerate(versions.rows, start=1)
    ]
    return tuple(reversed(shown))


def _changed(stated: Sequence[TermsStated], number: int) -> str:
    if number == 1:
        return "The first terms"
    changed = terms_changed(stated[number - 1], before=stated[number - 2])
    return listed((term.name for term in changed), at_most=4) if changed else "Nothing"


def months_by_version(terms: Sequence[Terms]) -> dict[int, str]:
    """By the number of a version, the months of the programme that use it: `August 2025 to April 2026`."""
    spans: dict[int, list[str]] = {}
    for number, group in groupby(months_in_use(terms), key=lambda pair: pair[1]):
        months = [month for month, _ in group]
        first, last = month_shown(months[0]), month_shown(months[-1])
        spans.setdefault(number, []).append(first if first == last else f"{first} to {last}")
    return {number: listed(each) for number, each in spans.items()}


def months_in_use(terms: Sequence[Terms]) -> Iterator[tuple[Month, int]]:
    """Each month of the programme with the number of the version that it uses."""
    if not terms:
        return
    numbers = {id(each): number for number, each in enumerate(terms, start=1)}
    last = max(Month.of(each.phase3.until - timedelta(days=1)) for each in terms)
    for month in programme_start(terms).through(last):
        found = terms_for_month(terms, month)
        if month <= Month.of(found.phase3.until - timedelta(days=1)):
            yield month, numbers[id(found)]


def version_terms(versions: Versions, number: int) -> tuple[TermShown, ...]:
    """Every term of a version, with what it was in the one recorded before."""
    before = versions.stated[number - 2] if number > 1 else None
    return terms_shown(versions.stated[number - 1], before=before)


def schedule_rows(terms: Terms, before: Terms | None = None) -> tuple[RowShown, ...]:
    """The Lead Accountant's own amounts in order of month; none while the fee accrues evenly (3.2)."""
    rows = sorted(terms.schedule or (), key=lambda row: row.month)
    was = {row.month: row.amount_pence for row in (before.schedule or ())} if before and before.schedule else {}
    shown, to_date = [], 0
    for row in rows:
        to_date += row.amount_pence
        changed = bool(was) and was.get(row.month, 0) != row.amount_pence
        shown.append(
            RowShown(
                month_shown(row.month),
                pounds_shown(row.amount_pence),
                pounds_shown(was.get(row.month, 0)) if changed else "",
                pounds_shown(to_date),
            )
        )
    return tuple(shown)
