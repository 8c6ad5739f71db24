"""A planned change in words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cohort.core.facts import KnownFacts
from cohort.core.terms import terms_for_month
from cohort.pages.terms.words import TermsStated, terms_changed
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown, listed, setting_shown
from savings.core.what_if.changes import OF_BASELINE, Breakdown, Change, Joining, Leaving, Move, OtherTerms, Price

KIND_NAMES: Mapping[str, str] = MappingProxyType(
    {
        Move.kind: "Move",
        Breakdown.kind: "Breakdown",
        Price.kind: "Price",
        Joining.kind: "Joins the cohort",
        Leaving.kind: "Leaves the cohort",
        OtherTerms.kind: "Terms",
    }
)
"""What the tag of a planned change says."""


def change_words(change: Change, known: KnownFacts) -> str:
    """The change as a sentence without its full stop; `known` is what it is planned beside."""
    return _WORDS[change.kind](change, known)


def _move(move: Move, _known: KnownFacts) -> str:
    household = ""
    if move.household:
        found = " that the provider finds" if move.household_found else ""
        household = f", with carer household {move.household}{found}"
    to = f"{move.child} moves to {_within(setting_shown(move.setting))} on {day_shown(move.start)}"
    return f"{to}, placement {move.placement}, for {_weekly(move)}{household}"


def _breakdown(breakdown: Breakdown, _known: KnownFacts) -> str:
    return f"Placement {breakdown.placement} breaks down: {day_shown(breakdown.until)} is the first night elsewhere"


def _price(price: Price, _known: KnownFacts) -> str:
    if price.of == OF_BASELINE:
        return f"The baseline of {price.reference} is {_weekly(price)} from {day_shown(price.start)}"
    return f"Placement {price.reference} costs {_weekly(price)} from {day_shown(price.start)}"


def _joining(joining: Joining, _known: KnownFacts) -> str:
    return f"{joining.child} joins on {day_shown(joining.joined)} from residential care at {_weekly(joining)}"


def _leaving(leaving: Leaving, _known: KnownFacts) -> str:
    return f"{leaving.child} leaves: {day_shown(leaving.left)} is the first night outside the cohort"


def _terms(change: OtherTerms, known: KnownFacts) -> str:
    """From when, and what differs from the version that would govern otherwise."""
    terms = change.terms
    words = f"Other terms from {day_shown(terms.effective_from)}"
    if not known.terms:
        return words
    before = terms_for_month(known.terms, Month.of(terms.effective_from))
    changed = terms_changed(TermsStated(terms, 0), before=TermsStated(before, 0))
    named = listed((f"{each.name} {each.value} instead of {each.before}" for each in changed), at_most=4)
    return f"{words}: {named}" if changed else f"{words}, which say the same"


def _weekly(priced: Move | Price | Joining) -> str:
    partners = priced.contribution_pence
    shared = f", of which partners pay {pounds_shown(partners)}" if partners else ""
    return f"{pounds_shown(priced.weekly_pence)} a week{shared}"


def _within(name: str) -> str:
    """A setting's name within a sentence."""
    return name[:1].lower() + name[1:]


_WORDS: Mapping[str, Callable[[Any, KnownFacts], str]] = MappingProxyType(
    {
        Move.kind: _move,
        Breakdown.kind: _breakdown,
        Price.kind: _price,
        Joining.kind: _joining,
        Leaving.kind: _leaving,
        OtherTerms.kind: _terms,
    }
)
