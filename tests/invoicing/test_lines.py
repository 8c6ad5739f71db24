"""The lines of a statement, their VAT, and the bounds that stop: pure functions, without any database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.core.bounds import findings
from invoicing.core.charges import CHARGES
from invoicing.core.lines import Draft, DraftLine, charged_by_line, draft_of, lines_of, months_that_lost
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month
from savings.core.document import Document
from savings.core.model import statements
from savings.core.results import NOTHING_STATED, Statement
from tests.savings import ledger


def documents(name: str) -> list[Document]:
    """The statements of a worked example, as printed."""
    printed: list[Document] = ledger.expected(name)["statements"]
    return printed


# Lines


@pytest.mark.parametrize("name", ledger.SCENARIO_NAMES)
def test_lines_of_every_worked_example_come_to_its_totals(name: str) -> None:
    for document in documents(name):
        lines = charged_by_line(document)
        assert sum(lines.values()) == pence_of(Decimal(document["total"]))
        assert list(lines) == [charge for charge in CHARGES if charge in lines]
        assert 0 not in lines.values()


def test_fixed_fee_of_earlier_months_stands_under_prior_periods() -> None:
    """May earns nothing itself; March and April lose 13,600.00 and all of 20,000.00 less what they keep."""
    february, _, _, may = documents("breakdown-reported-late")

    assert charged_by_line(february) == {"fixed_fee": 1_520_000}
    assert charged_by_line(may) == {"prior_periods": -3_360_000}


def test_months_that_lost_are_those_whose_fee_fell() -> None:
    _, march, april, may = documents("breakdown-reported-late")

    assert months_that_lost(may, april) == (Month(2026, 3), Month(2026, 4))
    assert months_that_lost(april, march) == ()
    assert months_that_lost(march, None) == ()


def test_each_line_has_its_own_treatment_and_its_vat_is_rounded_by_itself() -> None:
    """20% of 0.33 is 0.066, so 0.07, twice; of their sum it would be 0.13."""
    lines = lines_of(
        {"fixed_fee": 33, "carer_fees": 33, "expenses": 1_000},
        treatments={"fixed_fee": "standard", "carer_fees": "standard", "expenses": "zero"},
        standard_rate=2_000,
    )

    assert lines == (
        DraftLine("fixed_fee", 33, "standard", 2_000, 7),
        DraftLine("carer_fees", 33, "standard", 2_000, 7),
        DraftLine("expenses", 1_000, "zero", 0, 0),
    )
    draft = draft_of(lines)
    assert draft is not None
    assert (draft.is_credit, draft.net_pence, draft.vat_pence, draft.gross_pence) == (False, 1_066, 14, 1_080)


def test_what_comes_back_is_a_credit_note_with_its_amounts_turned() -> None:
    lines = lines_of({"fixed_fee": 500, "prior_periods": -1_500}, treatments={}, standard_rate=2_000)

    assert draft_of(lines) == Draft(
        True,
        (DraftLine("fixed_fee", -500, "exempt", 0, 0), DraftLine("prior_periods", 1_500, "exempt", 0, 0)),
    )


def test_lines_that_cancel_and_no_lines_make_no_document() -> None:
    cancelling = lines_of({"fixed_fee": 500, "prior_periods": -500}, treatments={}, standard_rate=2_000)

    assert draft_of(cancelling) is None
    assert draft_of(()) is None


# Bounds


@pytest.fixture
def worked() -> list[Statement]:
    """The four months of the late breakdown; in the last, fees come back."""
    return list(statements(ledger.scenario("breakdown-reported-late")))


@pytest.mark.parametrize("name", ledger.SCENARIO_NAMES)
def test_every_worked_example_is_within_its_bounds(name: str) -> None:
    position = NOTHING_STATED
    for result in statements(ledger.scenario(name)):
        assert findings(result, before=position, again=result) == []
        position = result.position


def test_a_fee_above_its_savings_is_out_of_bounds(worked: list[Statement]) -> None:
    february = worked[0]
    (fee,) = [fee for fee in february.months if fee.fee_pence]
    dearer = replace(fee, fee_pence=1_520_001)
    wrong = replace(february, months=tuple(dearer if each is fee else each for each in february.months))

    assert findings(wrong, before=NOTHING_STATED, again=wrong) == [
        "The fee of February 2026 passes the savings that count for it: £15,200.01 against £15,200.00.",
        "A charge is not what the facts and the earlier statements explain.",
    ]


def test_a_fee_above_its_limit_is_out_of_bounds(worked: list[Statement]) -> None:
    february = worked[0]
    tight = tuple(replace(fee, limit_pence=1_519_999) for fee in february.months)
    wrong = replace(february, months=tight)

    assert findings(wrong, before=NOTHING_STATED, again=wrong) == [
        "The fee of February 2026 passes its limit: £15,200.00 against £15,199.99."
    ]


def test_a_charge_that_nothing_explains_is_out_of_bounds(worked: list[Statement]) -> None:
    february, march, *_ = worked
    wrong = replace(march, charges=replace(march.charges, expenses=1))

    assert findings(wrong, before=february.position, again=wrong) == [
        "A charge is not what the facts and the earlier statements explain."
    ]


def test_a_result_unlike_its_second_computation_is_out_of_bounds(worked: list[Statement]) -> None:
    february, march, *_ = worked
    again = replace(march, headroom_pence=march.headroom_pence + 1)

    assert findings(march, before=february.position, again=again) == [
        "Worked out a second time, the statement comes to something else."
    ]
