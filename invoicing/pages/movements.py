"""Money and credit that moved: payments, repayments, their reversals, and set-offs, in one list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Lower, NullIf, TruncDate
from django.urls import reverse

from cohort.models import Contract
from invoicing.models import PAYMENT, REPAYMENT, Payment, SetOff
from invoicing.pages.settling import reversed_words
from invoicing.pages.words import amount_shown, payment_shown, payment_words, person_shown, title_of
from pbr_ledger.listing import Column
from pbr_ledger.periods import LONDON, day_of
from pbr_ledger.sorting import DAY, NUMBER, Sort
from pbr_ledger.words import day_shown, instant_shown

PAYMENT_ROW, SET_OFF_ROW = "payment", "set_off"


@dataclass(frozen=True, slots=True)
class Part:
    """What of it went to which invoice or credit note."""

    key: int
    title: str
    amount: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of the list. `take_back` is where the agent's clerk takes it back; empty where nothing stands of it."""

    contract: str
    on: str
    what: str
    reference: str
    amount: str
    parts: tuple[Part, ...]
    recorded_by: str
    recorded_at: str
    note: str
    take_back: str


COLUMNS: tuple[Column, ...] = (
    ("Contract", lambda row: row.contract),
    ("Day", lambda row: row.on),
    ("What", lambda row: row.what),
    ("Remittance reference", lambda row: row.reference),
    ("Allocated to", lambda row: "; ".join(f"{part.title}: {part.amount}" for part in row.parts)),
    ("Amount", lambda row: row.amount),
    ("Recorded by", lambda row: row.recorded_by),
    ("Recorded at", lambda row: row.recorded_at),
    ("Note", lambda row: row.note),
)
"""The list as a file."""
SORTS = (
    Sort("day", "Day", "on", DAY),
    Sort("contract", "Contract", "contract_reference"),
    Sort("what", "What", "what"),
    Sort("reference", "Remittance reference", "reference"),
    Sort("by", "Recorded by", "by"),
    Sort("amount", "Amount", "signed", NUMBER),
)


def movements(contracts: QuerySet[Contract]) -> QuerySet[Payment, Any]:
    """Keys of all movements under the contracts, the latest recorded first: dictionaries of `row`, `pk` and the rest.

    The rest is what they can be sorted by.
    """
    payments = Payment.objects.filter(contract__in=contracts).values(
        "pk",
        "recorded_at",
        row=_word(PAYMENT_ROW),
        on=F("paid_on"),
        what=_PAYMENT_WORDS,
        reference=NullIf(F("remittance_reference"), Value("")),
        **_OF_BOTH,
    )
    set_offs = SetOff.objects.filter(contract__in=contracts).values(
        "pk",
        "recorded_at",
        row=_word(SET_OFF_ROW),
        on=TruncDate("recorded_at", tzinfo=LONDON),
        what=_SET_OFF_WORDS,
        reference=Value(None, output_field=CharField()),
        **_OF_BOTH,
    )
    return payments.union(set_offs, all=True).order_by("-recorded_at", "row", "-pk")


def _word(word: str) -> Value:
    return Value(word, output_field=CharField())


_OF_BOTH = {
    "contract_reference": F("contract__reference"),
    "by": Lower("recorded_by__full_name"),
    "signed": Case(When(reverses=None, then=F("amount")), default=-F("amount")),
}
_PAYMENT_WORDS = Case(
    *(
        When(kind=kind, reverses__isnull=not is_reversal, then=_word(payment_words(kind, is_reversal=is_reversal)))
        for kind in (PAYMENT, REPAYMENT)
        for is_reversal in (False, True)
    )
)
SET_OFF, SET_OFF_REVERSED = "Credit set off", "Set-off reversed"
_SET_OFF_WORDS = Case(When(reverses=None, then=_word(SET_OFF)), default=_word(SET_OFF_REVERSED))


def movement_rows(keys: Iterable[Mapping[str, Any]]) -> list[Movement]:
    """The rows of the movements with these keys, in their order, in three queries for however many."""
    wanted = list(keys)
    shown = dict([*_payments(_keys(wanted, PAYMENT_ROW)), *_set_offs(_keys(wanted, SET_OFF_ROW))])
    return [shown[key["row"], key["pk"]] for key in wanted]


def _keys(wanted: list[Mapping[str, Any]], row: str) -> list[int]:
    return [key["pk"] for key in wanted if key["row"] == row]


def _payments(keys: list[int]) -> Iterator[tuple[tuple[str, int], Movement]]:
    found = Payment.objects.filter(pk__in=keys).select_related(
        "contract", "recorded_by__organisation", "reversal", "reverses"
    )
    for payment in found.prefetch_related("allocations__invoice__statement"):
        sign = -1 if payment.reverses_id else 1
        is_open = payment.reverses_id is None and not hasattr(payment, "reversal")
        yield (
            (PAYMENT_ROW, payment.pk),
            Movement(
                contract=payment.contract.reference,
                on=day_shown(payment.paid_on),
                what=payment_shown(payment),
                reference=payment.remittance_reference,
                amount=amount_shown(sign * payment.amount),
                parts=tuple(
                    Part(part.invoice_id, title_of(part.invoice), amount_shown(sign * part.amount))
                    for part in payment.allocations.all()
                ),
                recorded_by=person_shown(payment.recorded_by),
                recorded_at=instant_shown(payment.recorded_at),
                note=payment.reason or reversed_words(payment),
                take_back=reverse("payable-take-back", args=[payment.pk]) if is_open else "",
            ),
        )


def _set_offs(keys: list[int]) -> Iterator[tuple[tuple[str, int], Movement]]:
    found = SetOff.objects.filter(pk__in=keys).select_related(
        "contract", "recorded_by__organisation", "invoice__statement", "credit_note__statement", "reversal"
    )
    for use in found:
        amount = amount_shown(-use.amount if use.reverses_id else use.amount)
        is_open = use.reverses_id is None and not hasattr(use, "reversal")
        yield (
            (SET_OFF_ROW, use.pk),
            Movement(
                contract=use.contract.reference,
                on=day_shown(day_of(use.recorded_at)),
                what=SET_OFF_REVERSED if use.reverses_id else SET_OFF,
                reference="",
                amount=amount,
                parts=tuple(Part(each.pk, title_of(each), amount) for each in (use.credit_note, use.invoice)),
                recorded_by=person_shown(use.recorded_by),
                recorded_at=instant_shown(use.recorded_at),
                note=use.reason or reversed_words(use),
                take_back=reverse("set-off-take-back", args=[use.pk]) if is_open else "",
            ),
        )
