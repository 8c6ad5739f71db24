"""Every figure of a statement opens to its why: the sentences, and the sum that they are about."""

from decimal import Decimal

import pytest

from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month
from savings.documents.explanations import (
    Explanation,
    all_explained,
    charges_explained,
    fees_explained,
    figures_explained,
)
from tests.workbook.samples import NAMES, content, contents, last_content, scenario

SUMS = {"savings_in_month", "savings_to_date", "charged_to_date", "run_rate", "limit"}


def charge(name: str, month: str, key: str) -> Explanation:
    made = content(name, month)
    explained = charges_explained(made.statement, expenses=made.known.expenses)
    return next(each for each in explained if each.key == key)


def figure(name: str, month: str, key: str) -> Explanation:
    return next(each for each in figures_explained(content(name, month).statement) if each.key == key)


def test_fixed_fee_opens_to_the_schedule_that_limited_it():
    made = content("late-breakdown-limited-by-schedule", "2026-07")
    fee = fees_explained(made.statement, versions=made.known.terms)[0]
    assert (fee.month, fee.limited) == ("July 2026", "Limited by the schedule")
    assert fee.why.endswith("of savings stays with the council.")


def test_total_is_the_sum_of_the_four_kinds():
    total = charge("plymouth", "2026-04", "total")
    assert [step.text for step in total.steps] == ["Fixed fee", "Carer fees", "Success fee", "Expenses", "Total"]
    assert total.steps[-1].amount == total.amount


def test_carer_fees_name_each_household_and_what_comes_back():
    fees = charge("carer-fee-refund", last_month("carer-fee-refund"), "carer_fees")
    assert any("comes back" in step.text for step in fees.steps)
    assert "By now that comes to " in fees.why[0]


def both_in_place(child: str) -> str:
    return f"when both the panel’s approval and the placement {child}-F0 of child {child} were in place."


def test_carer_fees_name_the_clause_by_which_each_is_due():
    fees = charge("carer-fee-trigger-varied", "2026-05", "carer_fees")
    assert fees.clause == "7.1 to 7.4"
    assert [(step.text, step.amount, step.clause) for step in fees.steps] == [
        (
            f"Household H01. Due on 20 April 2026, {both_in_place('C01')}",
            "£10,000.00",
            "7.1",
        ),
        (
            f"Household H02. Due on 11 May 2026, {both_in_place('C02')}",
            "£12,500.00",
            "7.1",
        ),
        ("Household H04. Due on 1 May 2026, when panel approved the household.", "£12,500.00", "7.4"),
    ]


def test_expenses_that_wait_say_so():
    held = charge("plymouth", "2025-09", "expenses")
    assert held.why == ("Expenses wait until there are savings to date; none is charged before.",)
    assert held.steps == ()


def test_expenses_are_listed_with_what_they_were_for():
    made = last_content("expense-retracted")
    explained = {each.key: each for each in charges_explained(made.statement, expenses=made.known.expenses)}
    assert len(explained["expenses"].steps) == len(made.statement.expenses)


def test_schedule_opens_to_the_days_of_each_phase():
    schedule = figure("mid-month-move", "2025-11", "limit")
    assert schedule.why == (
        "The schedule allows fixed fees of £129,724.38 by the end of November 2025: by days, each phase by itself.",
    )
    assert [(step.text, step.amount) for step in schedule.steps] == [
        ("Phase 2: 56 of its 56 days, of £35,400.00", "£35,400.00"),
        ("Phase 3: 61 of its 365 days, of £564,400.00", "£94,324.38"),
    ]


def test_schedule_of_the_lead_accountants_own_rows_opens_to_them():
    schedule = figure("whole-year-twelfths", last_month("whole-year-twelfths"), "limit")
    assert schedule.clause == "3.2"
    assert schedule.why[0].endswith("by the Lead Accountant’s own monthly amounts.")


def test_cap_alone_opens_to_the_two_phases():
    cap = figure("whole-year-cap-only", last_month("whole-year-cap-only"), "limit")
    assert (cap.name, cap.clause, len(cap.steps)) == ("Cap", "4.1", 2)


def test_run_rate_opens_to_each_child():
    rate = figure("plymouth", "2026-04", "run_rate")
    statement = content("plymouth", "2026-04").statement
    assert len(rate.steps) == len(statement.run_rate.by_child)
    assert rate.why[1].startswith("Each child’s saving of that night")


def test_savings_of_the_month_open_to_each_child():
    savings = figure("mid-month-move", "2025-11", "savings_in_month")
    assert savings.why == (
        (
            "1 child had 19 nights that count in November 2025, and these saved £15,200.00: for each child the nights "
            "times the saving of a week, divided by seven, rounded once to the penny."
        ),
    )


@pytest.mark.parametrize("name", NAMES)
def test_steps_add_up_to_their_figure_in_every_worked_example(name: str):
    for made in contents(scenario(name)):
        summed = [each for each in figures_explained(made.statement) if each.key in SUMS and each.steps]
        assert [sum(pence(step.amount) for step in each.steps) for each in summed] == [
            pence(each.amount) for each in summed
        ]


def test_every_figure_has_words_and_a_paragraph_in_every_worked_example():
    for name in NAMES:
        made = last_content(name)
        explained = list(all_explained(made.statement, expenses=made.known.expenses, versions=made.known.terms))
        assert len(explained) == 5 + 7 + len(made.statement.months)
        assert all(all(texts) for texts in explained)
        assert not any("  " in why or ".." in why for _, _, why, _ in explained)


def last_month(name: str) -> str:
    month: Month = last_content(name).month
    return str(month)


def pence(shown: str) -> int:
    return pence_of(Decimal(shown.replace("−", "-").replace("£", "").replace(",", "")))
