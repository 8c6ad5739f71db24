"""The page of a scenario: three numbers, its months, the picture, what changes, the cliff and the band."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, day_shown, month_shown, more_or_less, rate_shown, signed_shown
from savings.core.run_rate import last_night
from savings.core.what_if.band import Band, Spread
from savings.core.what_if.cliff import Cliff, cliff
from savings.core.what_if.outlook import Outlook
from savings.documents.chart import Chart, ChartMonth, chart_svg
from savings.pages.what_if.figures import figures, month_rows
from savings.pages.what_if.words import KIND_NAMES, change_words
from savings.pages.what_if.worked import Worked, band_of

STEPS_SHOWN = 60
NOTHING_CHANGES = "No different from the contract as it stands"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A planned change; `misfit` says why it is left out, empty where it is not."""

    number: int
    kind: str
    words: str
    misfit: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """A placement more or less: what the base and the success fee become, and the difference."""

    what: str
    base: str
    amount: str
    difference: str


@dataclass(frozen=True, slots=True)
class BandRow:
    """An amount's percentiles beside the projection's own."""

    name: str
    low: str
    middle: str
    high: str
    projected: str


def change_rows(found: Worked) -> tuple[ChangeRow, ...]:
    """The planned changes in their order."""
    return tuple(
        ChangeRow(
            number, KIND_NAMES[change.kind], change_words(change, found.begins.known), found.misfits.get(number, "")
        )
        for number, change in enumerate(found.changes, start=1)
    )


def result_page(found: Worked) -> dict[str, Any]:
    """Everything that the page of a scenario places."""
    projected, version = found.projected, found.version
    months = month_rows(projected, found.contract)
    return {
        **_numbers(projected, found.contract),
        "known_on": found.known_on,
        "is_imported": bool(version.scenario.document),
        "changes": change_rows(found),
        "misfits": len(found.misfits),
        "first_projected": month_shown(projected.projected[0].month),
        "last_month": month_shown(projected.last.month),
        "figures": figures([found.contract, projected]),
        "turns": _turn_sentences(projected),
        "months": months,
        "differing": [each for each in months if each.differs],
        "chart": chart_svg(chart_of(projected)),
        **_cliff_context(cliff(found.ground.known, projected.last.month)),
        **_band_context(band_of(found), projected),
    }


def _numbers(projected: Outlook, contract: Outlook | None) -> dict[str, str]:
    last = projected.last
    cap = last.terms.cap_pence
    before = contract.last if contract else None
    return {
        "fee_charged": pounds_shown(last.to_date.fixed_fee),
        "cap": pounds_shown(cap),
        "fee_change": _against(last.to_date.fixed_fee, before.to_date.fixed_fee if before else None),
        "charged": pounds_shown(last.to_date.total),
        "maximum": pounds_shown(last.terms.maximum_value_pence),
        "charged_change": _against(last.to_date.total, before.to_date.total if before else None),
        "net_benefit": pounds_shown(last.net_benefit_pence),
        "net_benefit_change": _against(last.net_benefit_pence, before.net_benefit_pence if before else None),
    }


def _against(now: int, before: int | None) -> str:
    if before is None:
        return ""
    return f"{more_or_less(now - before)} than the contract as it stands" if now != before else NOTHING_CHANGES


def _turn_sentences(projected: Outlook) -> tuple[str, ...]:
    """When the cap is reached, when the net benefit stays above zero, and whether the maximum holds."""
    cap, positive, passed = projected.cap_reached_in, projected.positive_from, projected.passed_in(100)
    return (
        f"The whole fixed fee is charged by the end of {month_shown(cap)}."
        if cap
        else "The fixed fee stays below its cap to the end.",
        f"The net benefit to the council stays above zero from {month_shown(positive)} on."
        if positive
        else "The net benefit to the council is not above zero at the end.",
        f"Everything charged passes the maximum contract value in {month_shown(passed)}: invoices from then on need a "
        "recorded variation."
        if passed
        else f"Everything charged comes to {rate_shown(projected.used_ten_thousandths)} of the maximum contract value.",
    )


def chart_of(projected: Outlook) -> Chart:
    """The contract's picture, drawn of a projection."""
    last = projected.last
    return Chart(
        months=tuple(
            ChartMonth(each.month, each.savings, each.fee, each.limit, each.fixed_fee_to_date)
            for each in projected.months
        ),
        until=max(Month.of(last_night(last.terms)), last.month),
        cap_pence=last.terms.cap_pence,
        limit_name="Cap" if last.terms.fixed_fee_limit == "cap" else "Schedule",
    )


def _cliff_context(found: Cliff) -> dict[str, Any]:
    more = found.more
    matters = any(step.difference for step in (more, *found.fewer))
    what = f"One placement more, of the average {pounds_shown(found.average)}"
    return {
        "base_name": "Savings realised" if found.fee.basis == "realised" else "Run rate",
        "cliff_sentences": tuple(_cliff_sentences(found)),
        "one_more": StepRow(what, *_amounts(more.base, more.amount, more.difference)) if matters else None,
        "one_fewer": tuple(
            StepRow(f"Without the placement of {step.child}", *_amounts(step.base, step.amount, step.difference))
            for step in found.fewer[:STEPS_SHOWN]
        ),
        "more_fewer": max(0, len(found.fewer) - STEPS_SHOWN),
    }


def _amounts(base: int, amount: int, difference: int) -> tuple[str, str, str]:
    return pounds_shown(base), pounds_shown(amount), signed_shown(difference)


def _cliff_sentences(found: Cliff) -> Iterator[str]:
    basis = "the savings realised in Phase 3" if found.fee.basis == "realised" else "the run rate"
    threshold, over = pounds_shown(found.fee.threshold_pence), found.base - found.fee.threshold_pence
    where = f"{pounds_shown(abs(over))} {'above' if over > 0 else 'below'} the threshold of {threshold}"
    yield (
        f"On the last night, {day_shown(found.night)}, {basis} would be {pounds_shown(found.base)}, {where}. At "
        f"{rate_shown(found.fee.rate)} of what is above, the success fee is {pounds_shown(found.amount)}."
    )
    if found.fewer_to_nothing:
        placements = count_shown(found.fewer_to_nothing, "placement")
        yield f"Nothing would be left of it without the {placements} that add most."
    if found.fewer and not any(step.difference for step in (found.more, *found.fewer)):
        yield "One placement more or less changes nothing about it."
    if found.more_to_threshold:
        placements = count_shown(found.more_to_threshold, "placement")
        yield f"It takes {placements} more, of the average of those that count, to reach the threshold."


def _band_context(found: Band, projected: Outlook) -> dict[str, Any]:
    last = projected.last
    rows = (
        ("Savings", found.savings, last.savings_to_date_pence),
        ("Fixed fee charged", found.fixed_fee, last.to_date.fixed_fee),
        ("Everything charged", found.charged, last.to_date.total),
        ("Net benefit to the council", found.net_benefit, last.net_benefit_pence),
    )
    return {
        "band": tuple(_band_row(name, amounts, own) for name, amounts, own in rows),
        "runs": f"{found.runs:,}",
        "seed": found.seed,
        "survival": rate_shown(found.survival),
        "at_risk": count_shown(found.at_risk, "placement"),
        "risk_after": day_shown(found.after),
    }


def _band_row(name: str, found: Spread, projected: int) -> BandRow:
    return BandRow(
        name, pounds_shown(found.low), pounds_shown(found.middle), pounds_shown(found.high), pounds_shown(projected)
    )
