"""The contracts that a person may see, each with where it stands."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType

from django.db.models.functions import Lower

from cohort.core.terms import Terms, terms_for_month
from cohort.models import Contract, TermsVersion
from cohort.queries import contracts_visible_to, terms_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.listing import Column
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.needs import Need, needs_of
from pbr_ledger.sorting import Sort
from pbr_ledger.words import count_shown, month_shown, share_shown
from savings.core.document import Document
from savings.models import ClosedStatement

NEEDS_SHOWN = 20
NOTHING: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contract stands: its last closed month, and the three numbers by it."""

    month: str
    fee_charged: str
    cap: str
    share: str
    left_to_charge: str
    net_benefit: str


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in the list; `standing` is None until a month is closed.

    `needs` says how much waits there for the reader, and nothing where nothing does.
    """

    contract: Contract
    standing: Standing | None
    needs: str = ""


@dataclass(frozen=True, slots=True)
class NeedShown:
    """Something that waits for the person: of which contract, what, where, and since or by when."""

    contract: str
    text: str
    address: str
    when: str


@dataclass(frozen=True, slots=True)
class NeedsShown:
    """What waits for the person in many contracts: what waits longest, how much there is more, how much by contract."""

    needs: list[NeedShown]
    more: str
    by_contract: Mapping[int, int]


def _standing_column(name: str) -> Callable[[ContractRow], str]:
    return lambda row: getattr(row.standing, name) if row.standing else ""


COLUMNS: tuple[Column, ...] = (
    ("Contract", lambda row: row.contract.reference),
    ("Title", lambda row: row.contract.title),
    ("Council", lambda row: row.contract.council.name),
    ("Provider", lambda row: row.contract.provider.name),
    ("Closed up to", _standing_column("month")),
    ("Fee charged", _standing_column("fee_charged")),
    ("Cap of the fixed fee", _standing_column("cap")),
    ("Left to charge", _standing_column("left_to_charge")),
    ("Net benefit", _standing_column("net_benefit")),
)
"""The list as a file."""
SORTS = (
    Sort("contract", "Contract", "reference"),
    Sort("title", "Title", Lower("title")),
    Sort("council", "Council", Lower("council__name")),
    Sort("provider", "Provider", Lower("provider__name")),
)


def needs_shown(person: Person, contracts: Sequence[Contract]) -> list[NeedShown]:
    """What waits for the person in these contracts, the longest waiting first."""
    references = {each.pk: each.reference for each in contracts}
    return [_shown(need, references) for need in needs_of(person, list(references)) if need.contract in references]


def longest_waiting(person: Person, contracts: Sequence[Contract]) -> NeedsShown:
    """The first of what waits for the person in these contracts, and how much it is in each."""
    references = {each.pk: each.reference for each in contracts}
    waiting = needs_of(person, list(references)) if references else []
    found = [need for need in waiting if need.contract in references]
    more = len(found) - NEEDS_SHOWN
    return NeedsShown(
        [_shown(need, references) for need in found[:NEEDS_SHOWN]],
        count_shown(more, "more waits", "more wait") if more > 0 else "",
        Counter(need.contract for need in found),
    )


def _shown(need: Need, references: Mapping[int, str]) -> NeedShown:
    return NeedShown(references[need.contract], need.text, need.address, need.when)


def sole_contract(person: Person) -> tuple[int, int | None]:
    """How many contracts the person may see (two stands for more), and the key of the only one."""
    keys = list(contracts_visible_to(person).values_list("pk", flat=True)[:2])
    return len(keys), keys[0] if len(keys) == 1 else None


def contract_rows(contracts: Sequence[Contract], needs: Mapping[int, int] = NOTHING) -> tuple[ContractRow, ...]:
    """The contracts, each with where it stands and how many `needs` it has. As many queries for thirty as for one."""
    closed = _last_closed(contracts)
    terms = _terms_known(closed.values())
    return tuple(
        ContractRow(
            each,
            _standing(closed[each.pk], terms[each.pk]) if each.pk in closed else None,
            count_shown(needs[each.pk], "thing needs you", "things need you") if needs.get(each.pk) else "",
        )
        for each in contracts
    )


def _last_closed(contracts: Iterable[Contract]) -> dict[int, ClosedStatement]:
    latest = ClosedStatement.objects.filter(contract__in=contracts).order_by("contract_id", "-month_start")
    return {each.contract_id: each for each in latest.distinct("contract_id")}


def _terms_known(closed: Iterable[ClosedStatement]) -> dict[int, list[Terms]]:
    """The terms by contract, as known at the cut-off of its statement."""
    cut_offs = {each.contract_id: each.known_at for each in closed}
    rows = TermsVersion.objects.filter(contract_id__in=cut_offs).order_by("contract_id", "recorded_at")
    rows = rows.prefetch_related("schedule_rows", "refunds")
    return {
        contract: [terms_of(row) for row in versions if row.recorded_at <= cut_offs[contract]]
        for contract, versions in groupby(rows, key=lambda row: row.contract_id)
    }


def _standing(closed: ClosedStatement, terms: Iterable[Terms]) -> Standing:
    document = json.loads(closed.document)
    cap, charged = terms_for_month(terms, closed.month).cap_pence, fixed_fee_to_date(document)
    return Standing(
        month=month_shown(closed.month),
        fee_charged=pounds_shown(charged),
        cap=pounds_shown(cap),
        share=share_shown(charged, cap),
        left_to_charge=pounds_shown(cap - charged),
        net_benefit=pounds_shown(net_benefit(document)),
    )


def fixed_fee_to_date(document: Document) -> int:
    """The fixed fee that all statements up to this one have charged, in pence (docs/contract.md 4.5)."""
    fees: Mapping[str, str] = document["fixed_fee_by_month"]
    return sum(pence_of(Decimal(fee)) for fee in fees.values())


def net_benefit(document: Document) -> int:
    """Savings to date less everything charged to date, in pence (docs/contract.md 10.1)."""
    return pence_of(Decimal(document["savings_to_date"])) - pence_of(Decimal(document["charged_to_date"]))
