"""Money and credit that moved: payments, repayments, their reversals, and set-offs, in one list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.urls import reverse

from cohort.models import Contract
from invoicing.models import Payment, SetOff
from invoicing.pages.settling import reversed_words
from invoicing.pages.words import amount_shown, payment_shown, person_shown, title_of
from pbr_ledger.listing import Column
from pbr_ledger.periods import day_of
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


def movements(contracts: QuerySet[Contract]) -> QuerySet[Payment, Any]:
    """Keys of all movements under the contracts, the latest recorded first, as dictionaries of `row` and `pk`."""
    payments = Payment.objects.filter(contract__in=contracts).values("pk", "recorded_at", row=_row(PAYMENT_ROW))
    set_offs = SetOff.objects.filter(contract__in=contracts).values("pk", "recorded_at", row=_row(SET_OFF_ROW))
    return payments.union(set_offs, all=True).order_by("-recorded_at", "row", "-pk")


def _row(word: str) -> Value:
    return Value(word, output_field=CharField())


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
                what="Set-off reversed" if use.reverses_id else "Credit set off",
                reference="",
                amount=amount,
                parts=tuple(Part(each.pk, title_of(each), amount) for each in (use.credit_note, use.invoice)),
                recorded_by=person_shown(use.recorded_by),
                recorded_at=instant_shown(use.recorded_at),
                note=use.reason or reversed_words(use),
                take_back=reverse("set-off-take-back", args=[use.pk]) if is_open else "",
            ),
        )
