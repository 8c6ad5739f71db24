"""Every term that can be read more than one way: the words it rests on, and the readings there are of it.

The page, its PDF, its workbook and docs/readings.md are all made from this table.
"""

from dataclasses import replace

from cohort.core.terms import FAMILY_SETTINGS
from cohort.pages.terms.words import EVENLY
from savings.core.readings import (
    ALL_BACK,
    DAYS_OF_A_LEAP_YEAR,
    HALF_BACK,
    LESS_BACK_IN_TIME,
    WEEKS_OF_A_YEAR,
    equal_months,
    with_annual_days,
    with_family_settings,
    with_refund,
    with_schedule,
)
from savings.pages.readings.choices import MODEL, Choice, Reading, briefing, choices_of, decision

AT_THE_END = frozenset({"success_fee.basis", "annual_days"})
"""Terms that charge nothing before the success fee is due."""
TERM_READINGS = (
    Reading(
        "schedule",
        "3.1, 3.2",
        "“Pro-rata” over so many weeks and months: by days, or in equal monthly parts? And the Lead Accountant may set "
        "the amounts herself.",
        (
            decision(
                7,
                2,
                "The PCC Lead Accountant for Children's Services will maintain a clear schedule of the 'pro-rata' "
                "amount to get to the £599.8k from the start.",
            ),
            briefing(
                MODEL,
                2,
                "Reconnect’s charges for Programme consulting are £35.4k for Phase 2 (6 – 8 weeks) with the remaining "
                "programme cost of £564.4k split over the remaining 12-month duration of the programme",
            ),
        ),
        (
            Choice(
                "days",
                EVENLY,
                "The fee of each phase accrues by the same amount on each of its days.",
                with_schedule(lambda _terms: None),
            ),
            Choice(
                "months",
                "In equal monthly parts",
                "The fee of Phase 2 accrues in its last month, that of Phase 3 evenly over the months beginning in it.",
                with_schedule(equal_months),
            ),
        ),
    ),
    Reading(
        "fixed_fee_limit",
        "4.3",
        "Does the schedule limit what may be invoiced by a month, or is it a plan, and only the whole sum a limit?",
        (
            decision(
                7,
                1,
                "Reconnect will invoice us at a maximum of the savings realised in the month to a total of £599.8k "
                "(inclusive) in the year (pro-rata for a start mid-way through the year).",
            ),
            decision(
                5,
                3,
                "with their costs being recouped from the savings achieved when they support a child to move from a "
                "higher to a lower cost placement to an agreed capped amount",
            ),
        ),
        choices_of("fixed_fee_limit", lambda terms, word: replace(terms, fixed_fee_limit=word)),
    ),
    Reading(
        "fixed_fee_savings",
        "4.4",
        "Is a month’s fee paid out of that month’s savings alone, or also out of earlier ones that paid no fee?",
        (
            decision(7, 1, "Reconnect will invoice us at a maximum of the savings realised in the month"),
            briefing(
                MODEL,
                2,
                "split over the remaining 12-month duration of the programme, in line with savings accumulated",
            ),
        ),
        choices_of("fixed_fee_savings", lambda terms, word: replace(terms, fixed_fee_savings=word)),
    ),
    Reading(
        "family_settings",
        "1.1",
        "Which moves count: into foster care, also to relatives, also back to the family, also where a guardian takes "
        "the child out of care?",
        (
            decision(
                4,
                1,
                "support to step twenty-one children down from residential children's homes to foster care or to be "
                "reunified to their family",
            ),
            briefing(
                "Proposal context and summary",
                3,
                "to achieve family-based care arrangements for children through foster care, reunification with "
                "parents and kinship care",
            ),
            decision(7, 1, "When children in the agreed cohort step from residential to fostering"),
        ),
        (
            Choice(
                "every",
                "Every family setting",
                "Fostering, connected carers, special guardianship and reunification can all earn a saving.",
                with_family_settings(*FAMILY_SETTINGS),
            ),
            Choice(
                "named",
                "Those that the papers name",
                "Fostering, connected carers and reunification can earn a saving, special guardianship cannot.",
                with_family_settings("fostering_in_house", "fostering_external", "connected_carers", "reunification"),
            ),
            Choice(
                "fostering",
                "Fostering alone",
                "Only in-house and external fostering can earn a saving.",
                with_family_settings("fostering_in_house", "fostering_external"),
            ),
        ),
    ),
    Reading(
        "negative_savings",
        "2.5",
        "Where a night costs the council more than before, is that set against the month’s savings, or left out?",
        (
            decision(
                7,
                1,
                "PCC will agree the in-year saving realised and Reconnect will invoice us at a maximum of the savings "
                "realised in the month",
            ),
        ),
        choices_of("negative_savings", lambda terms, word: replace(terms, negative_savings=word)),
    ),
    Reading(
        "success_fee.basis",
        "6.2, 6.3",
        "Is the success fee paid on what was saved in the year, or on a year’s savings at the rate reached at its end?",
        (
            decision(
                7,
                4,
                "If savings from children in Reconnects cohort stepping down to foster care go over £3m in the year "
                "they can invoice us for an additional 10% of the incremental savings achieved in excess of the £3m.",
            ),
            decision(
                7,
                4,
                "So, if the run rate savings at the end of the programme were £4m, Reconnect would be paid 10% of the "
                "difference between the £4m and the £3m threshold",
            ),
            briefing(MODEL, 4, "if savings exceed £3.0m pa at the end of the 12-month Phase 3 period"),
        ),
        choices_of(
            "success_fee.basis",
            lambda terms, word: replace(terms, success_fee=replace(terms.success_fee, basis=word)),
        ),
    ),
    Reading(
        "annual_days",
        "6.1",
        "A weekly saving becomes a yearly one over 365 days, over 52 weeks, or over the 366 days of a leap year.",
        (
            briefing(MODEL, 4, "if savings exceed £3.0m pa at the end of the 12-month Phase 3 period"),
            decision(7, 3, "The overall potential saving is £5.08m FYE."),
        ),
        (
            Choice(
                "365",
                "365 days",
                "A run rate is the saving of one night times 365, leap year or not.",
                with_annual_days(365),
            ),
            Choice(
                "364",
                "52 weeks",
                "A run rate is the saving of one week times 52, so of one night times 364.",
                with_annual_days(WEEKS_OF_A_YEAR),
            ),
            Choice(
                "366",
                "366 days",
                "A run rate is the saving of one night times 366.",
                with_annual_days(DAYS_OF_A_LEAP_YEAR),
            ),
        ),
    ),
    Reading(
        "carer_fee_trigger",
        "7.1, 7.4",
        "Is the fee earned by panel’s approval, or only once a child of the cohort also lives with the carers?",
        (
            decision(
                7,
                5,
                "They charge us £10k for every foster carer household they identify/assess who is approved at our "
                "panel to enable a child in the cohort to step down from residential care.",
            ),
            briefing(
                MODEL,
                5,
                "if carers assessed by Reconnect are successfully approved at Panel and a child in residential is "
                "placed with them, a recruitment fee of £10,000 will be paid by Plymouth.",
            ),
        ),
        choices_of("carer_fee_trigger", lambda terms, word: replace(terms, carer_fee_trigger=word)),
    ),
    Reading(
        "carer_fee_refund",
        "7.3",
        "After a breakdown “an element” comes back: the papers do not say how much, nor whether of the carer fee.",
        (
            decision(
                7,
                6,
                "Reconnect reimburse us for an element if children's step-down placements break down within the 12 "
                "month period of the Phase 3 work in the programme.",
            ),
            decision(
                7,
                5,
                "They charge us £10k for every foster carer household they identify/assess who is approved at our "
                "panel to enable a child in the cohort to step down from residential care.",
            ),
        ),
        (
            Choice(
                "none",
                "Nothing comes back",
                "A placement that breaks down gives none of the carer fee back.",
                with_refund(()),
            ),
            Choice(
                "half",
                "Half comes back",
                "After a breakdown before the end of Phase 3, half of the carer fee comes back.",
                with_refund(HALF_BACK),
            ),
            Choice(
                "all",
                "All of it comes back",
                "After a breakdown before the end of Phase 3, the whole carer fee comes back.",
                with_refund(ALL_BACK),
            ),
            Choice(
                "in_time",
                "Less comes back in time",
                "The whole carer fee comes back after fewer than 28 nights, half of it after fewer than 84.",
                with_refund(LESS_BACK_IN_TIME),
            ),
        ),
    ),
    Reading(
        "expenses_wait_for_savings",
        "8.2",
        "Does “any costs” hold back mileage and travel too, which are invoiced separately?",
        (
            briefing(
                MODEL,
                1,
                "Plymouth City Council will not be invoiced for any costs until savings through a change in care "
                "arrangements are achieved",
            ),
            briefing(
                MODEL,
                3,
                "mileage / travel costs for family support workers to visit children resident out of area will be "
                "invoiced separately",
            ),
        ),
        choices_of(
            "expenses_wait_for_savings",
            lambda terms, word: replace(terms, expenses_wait_for_savings=word == "yes"),
        ),
    ),
)
"""In the order in which a month's charge comes about: fixed fee, savings, success fee, carer fees, expenses."""
