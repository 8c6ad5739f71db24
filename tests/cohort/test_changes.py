"""What was recorded between two instants, beside what it replaced; and the cohort at a glance."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort import services
from cohort.core.facts import Child, Claim, Fact, Household, Rate, Retraction
from cohort.models import Contract
from cohort.queries import changes_between, cohort_at_a_glance, terms_recorded_between
from pbr_ledger.clock import StatedClock
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties

FIRST = datetime(2025, 8, 4, tzinfo=UTC)
SECOND = datetime(2026, 2, 2, tzinfo=UTC)
CLAIM = Claim("C01-T0", "C01-F0", "submitted")
MOVE: tuple[Fact, ...] = (sample.CHILD, sample.RESIDENTIAL_ENDED, sample.HOUSEHOLD, sample.FOSTERING)


def recorded(
    contract: Contract, *, after: datetime, until: datetime
) -> list[tuple[str, str, Fact | None, Fact | None]]:
    found = changes_between(contract=contract, after=after, until=until)
    return [(change.kind, change.reference, change.before, change.after) for change in found]


def test_new_fact_replaced_nothing(contract: Contract, record: Record):
    record(*MOVE)
    assert recorded(contract, after=FIRST - timedelta(seconds=1), until=FIRST) == [("child", "C01", None, sample.CHILD)]
    assert recorded(contract, after=FIRST, until=SECOND)[-1] == ("placement", "C01-F0", None, sample.FOSTERING)


def test_correction_stands_beside_what_it_replaced_and_a_retraction_beside_nothing(contract: Contract, record: Record):
    record(*MOVE, CLAIM)
    dearer = replace(sample.FOSTERING, costs=(Rate(date(2026, 1, 19), 80_000),))
    record(dearer, Retraction("claim", "C01-T0"), at=SECOND)
    assert recorded(contract, after=SECOND - timedelta(days=1), until=SECOND + timedelta(days=1)) == [
        ("placement", "C01-F0", sample.FOSTERING, dearer),
        ("claim", "C01-T0", CLAIM, None),
    ]


def test_span_is_open_at_its_beginning_and_closed_at_its_end(contract: Contract, record: Record):
    record(sample.CHILD)
    record(replace(sample.CHILD, left=date(2026, 3, 1)), at=SECOND)
    assert recorded(contract, after=SECOND, until=SECOND + timedelta(days=1)) == []
    [(_, _, before, _)] = recorded(contract, after=SECOND - timedelta(microseconds=1), until=SECOND)
    assert before == sample.CHILD


def test_change_says_who_recorded_it_and_when(contract: Contract, record: Record, parties: Parties):
    record(sample.CHILD)
    [change] = changes_between(contract=contract, after=FIRST - timedelta(days=1), until=FIRST)
    assert (change.recorded_by, change.recorded_at) == (parties.officer.full_name, FIRST)


def test_terms_recorded_in_the_span(contract: Contract, parties: Parties):
    clock = StatedClock([SECOND])
    services.record_terms(contract=contract, terms=sample.TERMS_WITH_ROWS, by=parties.lead_accountant, clock=clock)
    assert [each.recorded_at for each in terms_recorded_between(contract=contract, after=FIRST, until=SECOND)] == [
        SECOND
    ]
    assert terms_recorded_between(contract=contract, after=SECOND, until=SECOND + timedelta(days=1)) == []


def test_changes_take_a_fixed_number_of_queries(contract: Contract, record: Record):
    record(sample.CHILD)
    few = queries_of_changes(contract)
    record(
        *(Child(f"C{number:03}", date(2025, 8, 4), None, sample.CHILD.baseline) for number in range(100, 140)),
        at=SECOND,
    )
    assert queries_of_changes(contract) == few == 14


def queries_of_changes(contract: Contract) -> int:
    with CaptureQueriesContext(connection) as captured:
        changes_between(contract=contract, after=FIRST - timedelta(days=1), until=SECOND + timedelta(days=1))
    return len(captured)


@pytest.mark.parametrize(
    ("day", "settings"),
    [
        (date(2026, 1, 18), {"residential": 1}),
        (date(2026, 1, 19), {"fostering_in_house": 1}),
        (date(2025, 8, 3), {}),
    ],
)
def test_glance_counts_each_child_where_it_lives_on_the_day(
    contract: Contract, record: Record, day: date, settings: dict[str, int]
):
    record(*MOVE, CLAIM)
    glance = cohort_at_a_glance(contract, on=day)
    assert (glance.children, dict(glance.by_setting)) == (len(settings), settings)
    assert dict(glance.claims) == {"submitted": 1}


def test_glance_counts_children_without_a_placement_and_carers_once_panel_approved(contract: Contract, record: Record):
    record(sample.CHILD, sample.HOUSEHOLD, Household("H02", "council", date(2025, 9, 1)))
    before, after = (cohort_at_a_glance(contract, on=day) for day in (date(2026, 1, 4), date(2026, 1, 5)))
    assert (before.elsewhere, before.households, before.approved) == (1, 1, 0)
    assert (after.elsewhere, after.households, after.approved) == (1, 1, 1)


def test_glance_leaves_out_children_who_have_left_and_what_was_retracted(contract: Contract, record: Record):
    record(*MOVE, CLAIM)
    record(replace(sample.CHILD, left=date(2026, 2, 1)), Retraction("claim", "C01-T0"), at=SECOND)
    glance = cohort_at_a_glance(contract, on=date(2026, 2, 1))
    assert (glance.children, dict(glance.by_setting), glance.elsewhere, dict(glance.claims)) == (0, {}, 0, {})
