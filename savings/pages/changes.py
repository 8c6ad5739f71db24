"""What changed between two results of a month, in words: which figures, and which recorded facts stand behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from cohort.core.facts import ExtraCost, Fact, Rate
from cohort.models import Contract, TermsVersion
from cohort.queries import FactChange, changes_between, terms_recorded_between
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown, instant_shown, month_shown, setting_shown, signed_shown
from savings.core.document import NO_FIGURE, Document, Figure, figure_differences

FACTS_SHOWN = 100
"""Past so many recorded facts the page says how many more there are."""

FIGURE_WORDS = {
    "nights": "Nights that count",
    "saving": "Saving",
    "adjustment": "Change of an earlier month’s saving",
    "savings_in_month": "Savings of the month",
    "savings_to_date": "Savings to date",
    "schedule_to_date": "Limit of the fixed fee to date",
    "run_rate": "Run rate",
    "fixed fee": "Fixed fee of the month",
    "charged: fixed_fee": "Fixed fee charged",
    "charged: carer_fees": "Carer fees charged",
    "charged: success_fee": "Success fee charged",
    "charged: expenses": "Expenses charged",
    "total": "Total of the statement",
    "charged_to_date": "Charged to date",
    "headroom": "Headroom",
}
KIND_WORDS = {
    "child": "Child",
    "placement": "Placement",
    "claim": "Claim",
    "household": "Household",
    "extra_cost": "Extra cost",
    "expense": "Expense",
}
FIELD_WORDS = {
    "joined": "joined the cohort",
    "left": "left the cohort",
    "baseline": "baseline",
    "child": "child",
    "setting": "setting",
    "start": "from",
    "until": "first night elsewhere",
    "ended": "how it ended",
    "household": "household",
    "block_contract": "bed",
    "costs": "weekly cost",
    "placement": "placement",
    "status": "status",
    "assessed_by": "assessed by",
    "panel_approved": "approved by panel",
    "category": "kind",
    "weekly_pence": "a week",
    "day": "date",
    "amount_pence": "amount",
    "description": "what for",
}
EXTRA_COST_WORDS = {"start": "first night paid", "until": "first night no longer paid"}
"""Where an extra cost says something else by the same name than a placement."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs: of which child (empty: of all), of which month, what it is, and both its values."""

    child: str
    month: str
    figure: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class FactShown:
    """A version of a fact in words: what it is about, what it says or changes, by whom it was recorded, and when."""

    about: str
    says: tuple[str, ...]
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The figures that differ, and the facts recorded meanwhile; `more` counts those that are not listed."""

    figures: tuple[FigureChange, ...]
    facts: tuple[FactShown, ...]
    more: int


def changes_shown(
    contract: Contract, month: Month, *, before: Document, after: Document, since: datetime, until: datetime
) -> Changes:
    """What differs between two results of the month, and what was recorded between their two cut-offs."""
    facts = facts_recorded(contract, since=since, until=until)
    return Changes(figure_changes(month, before, after), facts[:FACTS_SHOWN], max(0, len(facts) - FACTS_SHOWN))


def figure_changes(month: Month, before: Document, after: Document) -> tuple[FigureChange, ...]:
    """Every figure that differs between two statements of the month, in the document's order."""
    return tuple(_figure(month, *difference) for difference in figure_differences(before, after))


def _figure(month: Month, figure: Figure, before: str, after: str) -> FigureChange:
    is_count = figure.name == "nights"
    return FigureChange(
        child=figure.child,
        month=month_shown(Month.parse(figure.month) if figure.month else month),
        figure=FIGURE_WORDS[figure.name],
        before=_value(before, is_count=is_count),
        after=_value(after, is_count=is_count),
        change=_change(before, after, is_count=is_count),
    )


def _value(text: str, *, is_count: bool) -> str:
    if text == NO_FIGURE:
        return "none"
    return text if is_count else pounds_shown(pence_of(Decimal(text)))


def _change(before: str, after: str, *, is_count: bool) -> str:
    if is_count:
        nights = _number(after) - _number(before)
        return f"{'+' if nights > 0 else '−' if nights < 0 else ''}{abs(nights)}"
    return signed_shown(_pence(after) - _pence(before))


def _number(text: str) -> int:
    return 0 if text == NO_FIGURE else int(text)


def _pence(text: str) -> int:
    return 0 if text == NO_FIGURE else pence_of(Decimal(text))


def facts_recorded(contract: Contract, *, since: datetime, until: datetime) -> tuple[FactShown, ...]:
    """The versions of facts and terms recorded in the span, in that order, in words."""
    changes = changes_between(contract=contract, after=since, until=until)
    terms = terms_recorded_between(contract=contract, after=since, until=until)
    shown = [(each.recorded_at, _fact_shown(each)) for each in changes]
    shown += [(each.recorded_at, _terms_shown(each)) for each in terms]
    return tuple(fact for _, fact in sorted(shown, key=lambda pair: pair[0]))


def _terms_shown(version: TermsVersion) -> FactShown:
    says = f"a new version, in force from {day_shown(version.effective_from)}"
    return FactShown("Terms", (says,), version.recorded_by.full_name, instant_shown(version.recorded_at))


def _fact_shown(change: FactChange) -> FactShown:
    latest = change.after or change.before
    child = getattr(latest, "child", "")
    about = f"{KIND_WORDS[change.kind]} {change.reference}" + (f" of child {child}" if child else "")
    return FactShown(about, tuple(_says(change)), change.recorded_by, instant_shown(change.recorded_at))


def _says(change: FactChange) -> Iterator[str]:
    if change.after is None:
        yield "taken back: it was wrong altogether"
    elif change.before is None:
        stated = (f"{label} {value}" for label, value in _contents(change.after) if value != "none")
        yield "recorded: " + ", ".join(stated)
    else:
        before = dict(_contents(change.before))
        differing = [(label, value) for label, value in _contents(change.after) if before.get(label) != value]
        if not differing:
            yield "recorded again without a change"
        for label, value in differing:
            yield f"{label}: {value}" if before[label] == "none" else f"{label}: {before[label]} became {value}"


def _contents(fact: Fact) -> Iterator[tuple[str, str]]:
    for each in fields(fact):
        if each.name != "id":
            words = EXTRA_COST_WORDS.get(each.name) if isinstance(fact, ExtraCost) else None
            yield words or FIELD_WORDS[each.name], _content(each.name, getattr(fact, each.name))


def _content(name: str, value: object) -> str:
    match value:
        case None | False:
            return "none"
        case True:
            return "under a block contract"
        case date():
            return day_shown(value)
        case int():
            return pounds_shown(value)
        case tuple():
            return "; ".join(_rate(rate) for rate in value)
    return setting_shown(str(value)) if name == "setting" else str(value).replace("_", " ")


def _rate(rate: Rate) -> str:
    shared = f", {pounds_shown(rate.contribution_pence)} of it by partners" if rate.contribution_pence else ""
    return f"{pounds_shown(rate.weekly_pence)} from {day_shown(rate.start)}{shared}"
