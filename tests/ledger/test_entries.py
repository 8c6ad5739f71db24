"""The legs of statements, invoices and payments, as pure values: they balance whatever the amounts."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.core.charges import CHARGES
from invoicing.core.entries import (
    ChargedLine,
    Leg,
    accrual_legs,
    invoice_legs,
    mirrored,
    payment_legs,
    repayment_legs,
    statement_legs,
    total_of,
    transfer,
)

amounts = st.decimals(Decimal("-9999999999.99"), Decimal("9999999999.99"), places=2)


@st.composite
def lines(draw: st.DrawFn) -> list[ChargedLine]:
    """Lines of an invoice, one for each of some kinds of charge, with VAT in either direction."""
    charges = draw(st.lists(st.sampled_from(CHARGES), unique=True, max_size=len(CHARGES)))
    return [ChargedLine(charge, draw(amounts), draw(amounts)) for charge in charges]


def net(legs: Sequence[Leg]) -> Decimal:
    return sum((leg.debit for leg in legs), Decimal("0.00"))


@given(lines(), st.booleans())
def test_an_invoice_balances_and_its_credit_note_takes_it_back(charged: list[ChargedLine], is_credit: bool) -> None:
    legs = invoice_legs(charged, is_credit=is_credit)

    assert net(legs) == 0
    assert all(leg.amount > 0 for leg in legs)
    assert sorted(mirrored(legs)) == sorted(invoice_legs(charged, is_credit=not is_credit))
    gross = sum((line.net + line.vat for line in charged), Decimal("0.00"))
    payable = net([leg for leg in legs if leg.account == "2100"])
    assert payable == (gross if is_credit else -gross)


@given(st.dictionaries(st.sampled_from(["5100", "5110", "5120", "5130"]), amounts))
def test_an_accrual_balances(owing: dict[str, Decimal]) -> None:
    legs = accrual_legs(owing)
    assert net(legs) == 0
    assert all(leg.amount > 0 for leg in legs)


@given(st.lists(amounts, min_size=2, max_size=6))
def test_memorandum_legs_add_up_over_the_statements_to_what_the_last_one_says(schedules: list[Decimal]) -> None:
    documents = [
        {
            "lines": [{"saving": str(amount)}],
            "adjustments": [{"saving": "0.01"}],
            "schedule_to_date": str(amount),
            "fixed_fee_by_month": {"2026-02": "1.00", "2026-03": str(place)},
        }
        for place, amount in enumerate(schedules)
    ]
    posted = [
        leg for before, now in zip([None, *documents], documents, strict=False) for leg in statement_legs(now, before)
    ]

    def standing(account: str) -> Decimal:
        return net([leg for leg in posted if leg.account == account])

    assert standing("9200") == -standing("9290") == schedules[-1]
    assert standing("9300") == -standing("9390") == schedules[-1] - 1 - (len(schedules) - 1)
    assert standing("9100") == -standing("9190") == sum(schedules) + Decimal("0.01") * len(schedules)


def test_an_invoice_written_out() -> None:
    charged = [
        ChargedLine("fixed_fee", Decimal("84778.86"), Decimal("0.00")),
        ChargedLine("carer_fees", Decimal("10000.00"), Decimal("2000.00")),
        ChargedLine("prior_periods", Decimal("-1200.00"), Decimal("-0.00")),
    ]
    assert invoice_legs(charged, is_credit=False) == (
        Leg("5100", "debit", Decimal("84778.86")),
        Leg("5110", "debit", Decimal("10000.00")),
        Leg("5100", "credit", Decimal("1200.00")),
        Leg("5190", "debit", Decimal("2000.00")),
        Leg("2100", "credit", Decimal("95578.86")),
    )


def test_payment_and_repayment_are_each_others_mirror() -> None:
    paid = payment_legs(Decimal("12.50"))
    assert paid == (Leg("2100", "debit", Decimal("12.50")), Leg("2200", "credit", Decimal("12.50")))
    assert sorted(repayment_legs(Decimal("12.50"))) == sorted(mirrored(paid))


def test_nothing_is_moved_by_nothing() -> None:
    assert transfer("5100", "2100", Decimal("0.00")) == ()
    assert (
        statement_legs({"lines": [], "adjustments": [], "schedule_to_date": "0.00", "fixed_fee_by_month": {}}, None)
        == ()
    )


@pytest.mark.parametrize(
    ("legs", "message"),
    [
        ([], "at least two legs"),
        ([Leg("5100", "debit", Decimal("1.00"))], "at least two legs"),
        (list(transfer("5100", "2100", Decimal("1.00")))[:1] * 2, "Debits of 2.00 do not balance credits of 0.00"),
        ([Leg("5100", "debit", Decimal("0.00")), Leg("2100", "credit", Decimal("0.00"))], "above zero"),
        ([Leg("5100", "left", Decimal("1.00")), Leg("2100", "credit", Decimal("1.00"))], "above zero on one side"),
    ],
)
def test_legs_that_make_no_entry_are_refused_in_words(legs: list[Leg], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        total_of(legs)
    assert total_of(transfer("5100", "2100", Decimal("1.00"))) == Decimal("1.00")
