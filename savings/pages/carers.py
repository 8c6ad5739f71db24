"""Carer households and their fees: whether one is due, and why or why not (docs/contract.md 7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Household, KnownFacts, Placement
from cohort.core.terms import terms_for_month
from cohort.models import Contract
from cohort.models import Household as HouseholdIdentity
from cohort.queries import current_facts, facts_known_at
from cohort.queries.evidence import live_evidence_counts
from cohort.rules import may_record, records_for_council
from pbr_ledger.accounts.models import Person
from pbr_ledger.listing import Column
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.sorting import DAY, Sort
from pbr_ledger.words import count_shown, day_shown, listed, month_shown, setting_shown
from savings.core.carer_fees import carer_fees
from savings.core.nights import journeys
from savings.core.results import CarerFee
from savings.queries import closed_statements

DUE, CHARGED, NOT_YET, NONE = ("Due", "blue"), ("Charged", "green"), ("Not due yet", "yellow"), ("No fee", "grey")


@dataclass(frozen=True, slots=True)
class CarerRow:
    """A household: who assessed it, panel, who lives there, and its fee with the reason."""

    key: int
    reference: str
    assessed_by: str
    panel: str
    placements: tuple[str, ...]
    fee: str
    status: str
    colour: str
    why: str
    files: str
    may_approve: bool


@dataclass(frozen=True, slots=True)
class CarersShown:
    """Every household, what makes a fee due as the terms say now, and what the fees come to."""

    rows: list[CarerRow]
    rule: str
    due: str
    may_correct: bool


COLUMNS: tuple[Column, ...] = (
    ("Household", lambda row: row.reference),
    ("Assessed by", lambda row: row.assessed_by),
    ("Approved by panel", lambda row: row.panel),
    ("Placements", lambda row: "; ".join(row.placements)),
    ("Fee", lambda row: row.fee),
    ("Status", lambda row: row.status),
    ("Why", lambda row: row.why),
    ("Evidence", lambda row: row.files),
)
"""The list as a file."""
SORTS = (
    Sort("household", "Household", lambda row: row.reference),
    Sort("assessor", "Assessed by", lambda row: row.assessed_by),
    Sort("panel", "Approved by panel", lambda row: row.panel, DAY),
    Sort("fee", "Fee", lambda row: row.status),
)


def carers_shown(person: Person, contract: Contract, today: date) -> CarersShown:
    """The households by reference, with fees as known now and due by the end of this month."""
    known = current_facts(contract)
    month = Month.of(today)
    fees = {fee.household: fee for fee in carer_fees(known=known, children=journeys(known), month=month)}
    charged = _charged(contract)
    files = live_evidence_counts("household", contract)
    keys = dict(HouseholdIdentity.objects.filter(contract=contract).values_list("reference", "pk"))
    may_correct = records_for_council(person, contract)
    provider_may = _may_approve(person, contract, known)
    waits = _waits_for_placements(known, month)
    rows = [
        _row(household, known, fees.get(household.id), charged, keys[household.id], files, provider_may, waits)
        for household in known.households.values()
    ]
    due = sum(fee.amount_pence - (fee.refund.amount_pence if fee.refund else 0) for fee in fees.values())
    return CarersShown(rows, _rule(known, month), pounds_shown(due), may_correct)


def _rule(known: KnownFacts, month: Month) -> str:
    """What makes a fee due for a household that panel approves in the month, and where others follow other terms."""
    once = (
        "once panel has approved it and a child of the cohort lives there in a placement with an agreed claim"
        if _waits_for_placements(known, month)
        else "on the day on which panel approves it, whether or not a child ever lives there"
    )
    rule = f"One fee is due for each household that the provider found and assessed, {once}."
    if len({terms.carer_fee_trigger for terms in known.terms}) > 1:
        rule += " For a household that panel approved in another month, the terms of that month say what makes it due."
    return rule


def _may_approve(person: Person, contract: Contract, known: KnownFacts) -> frozenset[str]:
    """Of whom the person may record panel's approval: asked once for each kind of household."""
    permitted = {}
    for household in known.households.values():
        if household.assessed_by not in permitted:
            permitted[household.assessed_by] = may_record(person, contract, household, known)
    return frozenset(assessor for assessor, may in permitted.items() if may)


def _charged(contract: Contract) -> dict[str, str]:
    """The households whose fee the last closed statement had charged, with its month."""
    last = closed_statements(contract).last()
    if last is None:
        return {}
    known = facts_known_at(contract=contract, at=last.known_at)
    fees = carer_fees(known=known, children=journeys(known), month=last.month)
    return {fee.household: month_shown(last.month) for fee in fees}


def _row(
    household: Household,
    known: KnownFacts,
    fee: CarerFee | None,
    charged: dict[str, str],
    key: int,
    files: dict[int, int],
    provider_may: frozenset[str],
    waits: bool,
) -> CarerRow:
    homes = [each for each in known.placements.values() if each.household == household.id]
    (words, colour), why = _standing(household, homes, known, fee, charged, waits)
    return CarerRow(
        key=key,
        reference=household.id,
        assessed_by=household.assessed_by.capitalize(),
        panel=day_shown(household.panel_approved) if household.panel_approved else "not yet",
        placements=tuple(map(_home, sorted(homes, key=lambda each: (each.start, each.id)))),
        fee=pounds_shown(fee.amount_pence) if fee else "",
        status=words,
        colour=colour,
        why=why,
        files=count_shown(files[key], "file") if files.get(key) else "No files",
        may_approve=household.assessed_by in provider_may,
    )


def _home(placement: Placement) -> str:
    ended = ""
    if placement.until:
        ended = f" until {day_shown(placement.until)}{', broke down' if placement.ended == 'breakdown' else ''}"
    return f"{placement.child}: {setting_shown(placement.setting)} from {day_shown(placement.start)}{ended}"


def _standing(
    household: Household,
    homes: list[Placement],
    known: KnownFacts,
    fee: CarerFee | None,
    charged: dict[str, str],
    waits: bool,
) -> tuple[tuple[str, str], str]:
    if fee is None:
        return _without(household, homes, known, waits)
    on_approval = fee.trigger == "approved"
    what_for = ", when panel approved it" if on_approval else f" for {fee.child} in placement {fee.placement}"
    why = f"Due on {day_shown(fee.due_on)}{what_for}."
    if fee.refund:
        of = f" of {fee.child} in placement {fee.placement}" if on_approval else ""
        nights = count_shown(fee.refund.nights, "night")
        why += f" {pounds_shown(fee.refund.amount_pence)} came back after {nights}{of}."
    if household.id in charged:
        return CHARGED, f"{why} In the statement of {charged[household.id]} or one before it."
    return DUE, f"{why} The next statement charges it."


def _waits_for_placements(known: KnownFacts, month: Month) -> bool:
    """Whether the fee of a household that panel approves in the month waits for a child there (7.4)."""
    return not known.terms or terms_for_month(known.terms, month).carer_fee_trigger == "placed"


def _without(
    household: Household, homes: list[Placement], known: KnownFacts, waits: bool
) -> tuple[tuple[str, str], str]:
    """Why there is no fee: never one, or not yet (docs/contract.md 7.1, 7.4)."""
    if household.assessed_by != "provider":
        return NONE, "The council assessed this household, so no fee is due for it."
    approved = household.panel_approved
    if approved is None and not waits:
        return NOT_YET, "Panel has not approved it."
    if approved and not _waits_for_placements(known, Month.of(approved)):
        return _without_on_approval(approved, known)
    missing = []
    if household.panel_approved is None:
        missing.append("panel has not approved it")
    if not homes:
        missing.append("no child is placed there")
    agreed = {claim.placement for claim in known.claims.values() if claim.status == "agreed"}
    if homes and not any(each.id in agreed for each in homes):
        missing.append("no claim for a placement there is agreed")
    if missing:
        return NOT_YET, f"{_capital(listed(missing))}."
    return NONE, _capital(listed(dict.fromkeys(_obstacles(household, homes, known, agreed))) + ".")


def _without_on_approval(approved: date, known: KnownFacts) -> tuple[tuple[str, str], str]:
    """Why panel's approval, which needs no child there, has made no fee due (7.4)."""
    if terms_for_month(known.terms, Month.of(approved)).counts_in_programme(approved):
        return NOT_YET, f"It falls due on {day_shown(approved)}, the day of panel’s approval."
    return NONE, f"Panel approved it on {day_shown(approved)}, outside the programme."


def _obstacles(household: Household, homes: list[Placement], known: KnownFacts, agreed: set[str]) -> Iterator[str]:
    """What stands against a fee for each claimed placement on the day on which it would fall due."""
    for home in homes:
        child = known.children.get(home.child)
        if home.id not in agreed or child is None or household.panel_approved is None:
            continue
        due = max(household.panel_approved, home.start)
        terms = terms_for_month(known.terms, Month.of(due))
        if home.until is not None and home.until <= due:
            yield f"placement {home.id} had ended by {day_shown(due)}"
        elif not child.joined <= due or (child.left is not None and child.left <= due):
            yield f"child {child.id} was not in the cohort on {day_shown(due)}"
        elif not terms.counts_in_programme(due):
            yield f"{day_shown(due)} is outside the programme"
        elif home.setting not in terms.family_settings:
            yield f"the setting of placement {home.id} is no family setting"
        else:
            yield f"it falls due on {day_shown(due)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
