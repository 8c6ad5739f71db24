"""The worked examples told in words: what was saved, what the fee is, what limits it, what stays with the council."""

from dataclasses import replace

from savings.core.promise import promise_of
from savings.documents import sentences
from savings.documents.content import Before
from savings.documents.other_charges import carer_fee_rows, carer_fees_as_before, expense_rows, expenses_as_before
from savings.documents.promise import promise_rows, promise_verdict
from savings.documents.sections import adjustment_rows, charge_rows, fee_steps, month_rows, nights_rows, total_row
from tests.documents.samples import report, reports


def fee_sentence(name, month):
    statement = report(name, month).statement
    return sentences.month_fee_sentence(statement.months[-1], terms=statement.terms)


def test_the_schedule_limits_a_month_and_the_rest_stays_with_the_council():
    assert fee_sentence("plymouth", "2026-04") == (
        "Savings of April 2026 were £204,769.99. The schedule allowed £150,574.20 more by the end of April 2026, so "
        "the fee of April 2026 is £150,574.20; £54,195.79 of savings stays with the council."
    )


def test_savings_below_the_schedule_are_all_fee():
    assert fee_sentence("plymouth", "2026-02") == (
        "Savings of February 2026 were £74,175.86. The schedule leaves £271,984.11 to charge by the end of February "
        "2026, which is more, so the fee of February 2026 is the whole £74,175.86."
    )


def test_a_month_without_savings_and_a_negative_month_earn_no_fee():
    assert fee_sentence("plymouth", "2025-09") == "No savings counted in September 2025. Its fee is £0.00."
    assert fee_sentence("plymouth", "2026-01") == (
        "In January 2026 the nights that count cost £1,457.86 more than the baseline, so its savings are negative. "
        "Its fee is £0.00; it lowers no other month’s fee."
    )


def test_unused_savings_that_carry_forward_are_named():
    assert fee_sentence("savings-to-date", "2025-11") == (
        "No savings counted in November 2025. Less all fees so far, savings to date of £20,664.66 count for its fee. "
        "The schedule leaves £46,389.04 to charge by the end of November 2025, which is more, so the fee of November "
        "2025 is the whole £20,664.66."
    )


def test_the_statement_says_why_it_charges_more_or_less_than_the_months_own_fee():
    assert sentences.charge_sentence(report("plymouth", "2026-04").statement) == (
        "What has been learned about earlier months changes their fees by −£1,970.72 in all, so this statement charges "
        "£148,603.48."
    )
    assert sentences.charge_sentence(report("breakdown-reported-late", "2026-05").statement) == (
        "What has been learned about earlier months changes their fees by −£33,600.00 in all, so this statement "
        "credits the council with £33,600.00."
    )
    assert sentences.charge_sentence(report("plymouth", "2026-05").statement) == (
        "Nothing learned since changes the fee of an earlier month, so the fee of May 2026 is what is charged."
    )


def test_an_adjusted_month_says_what_was_stated_what_is_known_and_what_becomes_of_its_fee():
    (row,) = adjustment_rows(report("plymouth", "2026-04"))
    assert row.why == (
        "March 2026: savings of £143,529.15 were stated and £141,558.43 is now known (£11,308.57 more for C05 and "
        "£13,279.29 less for C11). Its fee cannot pass its savings, so it is £1,970.72 less: £141,558.43 instead of "
        "£143,529.15."
    )
    assert (row.change, row.fee_change) == ("−£1,970.72", "−£1,970.72")


def test_an_adjusted_month_that_the_schedule_limits_keeps_its_fee():
    rows = [row for content in reports("late-breakdown-limited-by-schedule") for row in adjustment_rows(content)]
    assert rows
    assert {row.fee_change for row in rows} == {"£0.00"}
    assert all(row.why.endswith(": the schedule limits it, not the savings.") for row in rows)


def test_a_month_without_a_statement_of_its_own_says_so():
    content = report("plymouth", "2026-04")
    rows = adjustment_rows(replace(content, before=Before()))
    assert rows[0].why.startswith("February 2026 had no statement of its own.")


def test_the_steps_end_in_what_is_charged():
    steps = fee_steps(report("plymouth", "2026-04").statement)
    assert [(step.amount, step.clause) for step in steps] == [
        ("£204,769.99", "2.7"),
        ("£366,308.49", "3.1"),
        ("−£215,734.29", "4.2"),
        ("£150,574.20", "4.2"),
        ("£150,574.20", "4.2"),
        ("£366,308.49", "4.5"),
        ("−£217,705.01", "4.5"),
        ("£148,603.48", "4.5"),
    ]
    assert steps[0].text == "Savings of April 2026: 10 children, 257 nights"
    assert steps[4].text == "Fee of April 2026: limited by the schedule"


def test_a_credit_is_called_one():
    content = report("breakdown-reported-late", "2026-05")
    assert total_row(content.statement).name == "Total: a credit to the council"
    assert [row.now for row in charge_rows(content.statement)] == ["−£33,600.00", "£0.00", "£0.00", "£0.00"]


def test_new_carer_fees_are_told_and_old_ones_counted():
    rows = carer_fee_rows(report("plymouth", "2026-04"))
    assert [(row.name, row.amount) for row in rows] == [("3 households", "£30,000.00"), ("Household H05", "£10,000.00")]
    assert rows[1].why == (
        "Due on 6 April 2026, when both the panel’s approval and the placement C20-F0 of child C20 were in place."
    )
    assert carer_fees_as_before(report("plymouth", "2026-09")) == (
        "Nothing is new: 7 households’ fees, £70,000.00 in all, as in earlier statements."
    )


def test_a_fee_due_on_approval_names_no_child_that_it_would_be_for():
    rows = carer_fee_rows(report("carer-fee-on-approval", "2026-04"))
    assert [(row.name, row.why, row.amount) for row in rows] == [
        ("Household H01", "Due on 9 April 2026, when panel approved the household.", "£10,000.00"),
        ("Household H02", "Due on 13 April 2026, when panel approved the household.", "£10,000.00"),
    ]


def test_a_fee_due_on_approval_comes_back_for_the_first_placement():
    (row,) = carer_fee_rows(report("approval-fee-refund", "2026-06"))
    assert row.why == (
        "Due on 16 March 2026, when panel approved the household. Its first placement, C02-F0, broke down on 1 June "
        "2026 after 56 nights, fewer than 84, so 50% of the fee comes back."
    )
    assert row.amount == "£5,000.00"


def test_expenses_are_told_once_and_a_retracted_one_again():
    assert expenses_as_before(report("plymouth", "2026-04")) == (
        "Nothing is new: 4 expenses, £727.20 in all, as in earlier statements."
    )
    content = report("plymouth", "2026-02")
    assert [row.amount for row in expense_rows(content)] == ["£185.40", "£174.60", "£243.00"]
    retracted = replace(content, before=Before(expenses={**dict(content.statement.expenses), "E99": 1250}))
    assert [(row.name, row.why, row.amount) for row in expense_rows(retracted)][-1] == (
        "E99",
        "Retracted; £12.50 was charged before.",
        "£0.00",
    )


def test_expenses_that_wait_say_for_what():
    assert sentences.expenses_held_sentence(report("plymouth", "2025-09").statement) == (
        "Expenses wait until there are savings to date; none is charged before."
    )
    assert sentences.expenses_held_sentence(report("plymouth", "2026-04").statement) == ""


def test_the_success_fee_is_worked_out_in_words():
    assert sentences.success_fee_sentence(report("plymouth", "2026-09").statement) == (
        "The run rate on 28 September 2026, the last night of Phase 3, is £4,496,075.20. That passes £3,000,000.00 by "
        "£1,496,075.20; 10% of it is £149,607.52."
    )
    assert sentences.success_fee_sentence(report("plymouth", "2026-04").statement) == (
        "Not due yet: it is 10% of the amount by which the run rate passes £3,000,000.00 on the last night of Phase 3, "
        "28 September 2026. The run rate on the night of 30 April 2026, 365 days of that night’s savings, is "
        "£2,816,011.50."
    )


def test_headroom_warns_at_80_and_90_percent_and_below_zero():
    statement = report("plymouth", "2026-09").statement
    assert sentences.headroom_warning(statement) == (
        "82.0% of the maximum contract value has been charged: the warning mark of 80% is reached."
    )
    assert sentences.headroom_warning(with_maximum(statement, 90_000_000)) == (
        "91.1% of the maximum contract value has been charged: the warning mark of 90% is reached."
    )
    assert "variation of the contract is recorded" in sentences.headroom_warning(with_maximum(statement, 80_000_000))
    assert sentences.headroom_warning(report("plymouth", "2026-04").statement) == ""


def with_maximum(statement, pence):
    headroom = pence - statement.charged_to_date_pence
    return replace(statement, terms=replace(statement.terms, maximum_value_pence=pence), headroom_pence=headroom)


def test_a_month_is_held_to_the_promise_with_and_without_the_other_charges():
    content = report("plymouth", "2026-04")
    test = promise_of(content.statement, content.nights)
    assert [amount for _, amount, _ in promise_rows(test)] == [
        "£259,367.97",
        "£54,597.98",
        "£150,574.20",
        "£54,195.79",
        "£158,603.48",
        "£46,166.51",
    ]
    assert promise_verdict(test) == "April 2026 keeps the promise."


def test_a_carer_fee_can_break_the_promise_and_is_charged_all_the_same():
    content = report("plymouth", "2026-02")
    test = promise_of(content.statement, content.nights)
    assert (test.kept, test.kept_with_charges) == (True, False)
    assert promise_verdict(test).endswith("It is a test and not a limit: the charges stand.")


def test_a_negative_month_does_not_keep_the_promise():
    content = report("plymouth", "2026-01")
    test = promise_of(content.statement, content.nights)
    assert test.with_fee_pence - test.baseline_pence == 145_786
    assert promise_verdict(test).startswith("January 2026 does not keep the promise")


def test_every_childs_nights_and_prices_stand_beside_its_saving():
    content = report("plymouth", "2026-04")
    rows = list(nights_rows(content.statement.lines, content.nights))
    assert (rows[1].child, rows[1].nights, rows[1].span, rows[1].setting) == (
        "C02",
        "18",
        "13–30 Apr",
        "External fostering",
    )
    assert (rows[1].baseline, rows[1].cost, rows[1].extra_costs) == ("£7,399.60", "£2,269.00", ("£7,115.00 notice",))
    assert (rows[1].weekly_saving, rows[1].saving) == ("−£1,984.40", "−£5,102.74")


def test_a_child_of_two_prices_has_a_row_for_each_and_a_sum():
    content = report("plymouth", "2026-05")
    rows = [row for row in nights_rows(content.statement.lines, content.nights) if row.child == "C02"]
    assert [(row.nights, row.saving, row.total) for row in rows] == [
        ("10", "", False),
        ("21", "", False),
        ("31", "£12,556.94", True),
    ]


def test_a_month_that_nobody_closed_has_no_statement_in_the_table():
    rows = month_rows(report("breakdown-reported-late", "2026-05"))
    assert [row.charged for row in rows][-5:] == [
        "no statement",
        "£15,200.00",
        "£24,800.00",
        "£24,000.00",
        "−£33,600.00",
    ]
    assert rows[-1].charged_to_date == "£30,400.00"
