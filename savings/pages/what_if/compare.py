"""Two or three scenarios side by side, beside the contract as it stands."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pbr_ledger.money import pounds_shown
from pbr_ledger.words import month_shown, rate_shown
from savings.core.what_if.band import PERCENTILES, SEED
from savings.core.what_if.outlook import MonthOutlook, Outlook
from savings.models import ScenarioVersion
from savings.pages.what_if.figures import Figure, figures
from savings.pages.what_if.worked import Worked, band_of, worked

AS_IT_STANDS = "The contract as it stands"


@dataclass(frozen=True, slots=True)
class RowCompared:
    """A figure or a month, with a value for each projection by its name."""

    name: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MonthsCompared:
    """An amount, month by month."""

    heading: str
    rows: tuple[RowCompared, ...]


def compare_page(versions: Sequence[ScenarioVersion]) -> dict[str, Any]:
    """The figures, the months and the bands of the scenarios, the contract first. Raises `NoTermsKnown`."""
    found = [worked(version) for version in versions]
    latest = max(found, key=lambda each: each.version.known_at)
    names = (AS_IT_STANDS, *(each.version.name for each in found))
    outlooks = (latest.contract, *(each.projected for each in found))
    lines = (*_heads(latest, found), *figures(outlooks), *_bands(found))
    return {
        "names": names,
        "rows": tuple(RowCompared(each.name, tuple(zip(names, each.values, strict=True))) for each in lines),
        "tables": (
            MonthsCompared("Charged to date, month by month", _months(names, outlooks, _charged_to_date)),
            MonthsCompared("Net benefit to date, month by month", _months(names, outlooks, _net_benefit)),
        ),
        "seed": SEED,
    }


def _heads(latest: Worked, found: Sequence[Worked]) -> tuple[Figure, ...]:
    return (
        Figure("As known on", (latest.known_on, *(each.known_on for each in found))),
        Figure("Planned changes", ("None", *(str(len(each.changes)) for each in found))),
        Figure("Placements that last a year", ("", *(rate_shown(each.version.survival) for each in found))),
    )


def _bands(found: Sequence[Worked]) -> Iterator[Figure]:
    """The percentiles of fee and net benefit; the contract as it stands has no rate of its own."""
    bands = [band_of(each) for each in found]
    yield Figure("Runs by chance", ("", *(f"{each.runs:,}" for each in bands)))
    for name, of in (("Everything charged", "charged"), ("Net benefit", "net_benefit")):
        for percentile, part in zip(PERCENTILES, ("low", "middle", "high"), strict=True):
            amounts = (pounds_shown(getattr(getattr(each, of), part)) for each in bands)
            yield Figure(f"{name}: {percentile}th percentile", ("", *amounts))


def _charged_to_date(month: MonthOutlook) -> int:
    return month.charged_to_date


def _net_benefit(month: MonthOutlook) -> int:
    return month.net_benefit


def _months(
    names: Sequence[str], outlooks: Sequence[Outlook | None], amount: Callable[[MonthOutlook], int]
) -> tuple[RowCompared, ...]:
    """Every month that any of the projections has."""
    tables = [{each.month: amount(each) for each in found.months} if found else {} for found in outlooks]
    return tuple(
        RowCompared(
            month_shown(month),
            tuple(
                (name, pounds_shown(table[month]) if month in table else "")
                for name, table in zip(names, tables, strict=True)
            ),
        )
        for month in sorted({month for table in tables for month in table})
    )
