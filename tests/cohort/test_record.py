"""Recording facts through the service: what is kept, what is refused and where it says so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cohort import services
from cohort.core.facts import Child, Claim, ExtraCost, KnownFacts, Placement, Rate, Retraction
from cohort.models import ChildVersion, Contract
from cohort.queries import current_facts, facts_known_at, facts_known_at_each, versions_of
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import verify
from pbr_ledger.clock import DATABASE_CLOCK, StampOutOfOrder, StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Problem, Refused
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties

AUGUST = datetime(2025, 8, 4, tzinfo=UTC)
JANUARY = datetime(2026, 1, 21, tzinfo=UTC)
MARCH = datetime(2026, 3, 4, tzinfo=UTC)


def refusal(record: Record, *facts, at: datetime = JANUARY) -> list[tuple[str, str]]:
    """The places and messages with which the facts are refused."""
    with pytest.raises(Refused) as refused:
        record(*facts, at=at)
    return [(problem.place, problem.message) for problem in refused.value.problems]


def test_facts_of_every_kind_are_read_back_as_they_were_recorded(contract: Contract, record: Record) -> None:
    stamps = record(*sample.MOVE)

    assert stamps == tuple(datetime(2025, 8, 4, 0, 0, second, tzinfo=UTC) for second in range(7))
    assert current_facts(contract) == KnownFacts(
        terms=(sample.TERMS,),
        children={"C01": sample.CHILD},
        placements={"C01-R0": sample.RESIDENTIAL_ENDED, "C01-F0": sample.FOSTERING},
        claims={"C01-T0": sample.CLAIM},
        households={"H01": sample.HOUSEHOLD},
        extra_costs={"C01-N": sample.NOTICE},
        expenses={"E01": sample.EXPENSE},
    )


def test_facts_of_one_recording_refer_to_one_another_in_any_order(contract: Contract, record: Record) -> None:
    record(*reversed(sample.MOVE))

    assert current_facts(contract).claims == {"C01-T0": sample.CLAIM}


def test_correction_closes_the_version_before_at_its_own_stamp(contract: Contract, record: Record) -> None:
    record(sample.CHILD, sample.RESIDENTIAL)
    record(sample.RESIDENTIAL_ENDED, at=JANUARY)

    versions = versions_of(contract=contract, kind="placement", reference="C01-R0")
    assert [(each.recorded_at, each.superseded_at, each.content) for each in versions] == [
        (datetime(2025, 8, 4, 0, 0, 1, tzinfo=UTC), JANUARY, sample.RESIDENTIAL),
        (JANUARY, None, sample.RESIDENTIAL_ENDED),
    ]
    assert {each.recorded_by.full_name for each in versions} == {"Fin Fines"}


def test_fact_recorded_twice_in_one_recording_keeps_both_versions(contract: Contract, record: Record) -> None:
    record(sample.CHILD, sample.RESIDENTIAL, sample.RESIDENTIAL_ENDED)

    versions = versions_of(contract=contract, kind="placement", reference="C01-R0")
    assert [(each.recorded_at.second, each.content) for each in versions] == [
        (1, sample.RESIDENTIAL),
        (2, sample.RESIDENTIAL_ENDED),
    ]
    assert versions[0].superseded_at == versions[1].recorded_at
    assert facts_known_at(contract=contract, at=versions[0].recorded_at).placements == {"C01-R0": sample.RESIDENTIAL}


def test_identical_version_is_kept_and_changes_nothing_known(contract: Contract, record: Record) -> None:
    record(*sample.MOVE)
    before = current_facts(contract)
    record(sample.CHILD, at=JANUARY)

    assert current_facts(contract) == before
    assert len(versions_of(contract=contract, kind="child", reference="C01")) == 2


def test_retracted_fact_is_unknown_until_a_later_version_restores_it(contract: Contract, record: Record) -> None:
    record(*sample.MOVE)
    record(Retraction("expense", "E01"), at=JANUARY)
    record(Retraction("expense", "E01"), at=datetime(2026, 1, 22, tzinfo=UTC))
    assert current_facts(contract).expenses == {}

    record(sample.EXPENSE, at=MARCH)
    assert current_facts(contract).expenses == {"E01": sample.EXPENSE}
    assert [each.content for each in versions_of(contract=contract, kind="expense", reference="E01")] == [
        sample.EXPENSE,
        Retraction("expense", "E01"),
        Retraction("expense", "E01"),
        sample.EXPENSE,
    ]


def test_known_at_an_instant_is_what_was_recorded_by_then(contract: Contract, record: Record) -> None:
    record(sample.CHILD, sample.RESIDENTIAL)
    record(*sample.MOVE[1:], at=JANUARY)
    record(sample.AGREED, at=MARCH)
    record(Retraction("extra_cost", "C01-N"), at=datetime(2026, 3, 5, tzinfo=UTC))

    def known(year: int, month: int, day: int) -> KnownFacts:
        return facts_known_at(contract=contract, at=datetime(year, month, day, tzinfo=UTC))

    assert known(2025, 7, 28) == KnownFacts()
    assert known(2025, 7, 29) == KnownFacts(terms=(sample.TERMS,))
    assert known(2025, 8, 4).children == {"C01": sample.CHILD}
    assert known(2025, 8, 4).placements == {}
    assert known(2026, 1, 20).placements == {"C01-R0": sample.RESIDENTIAL}
    assert known(2026, 1, 22).placements == {"C01-R0": sample.RESIDENTIAL_ENDED, "C01-F0": sample.FOSTERING}
    assert known(2026, 3, 3).claims == {"C01-T0": sample.CLAIM}
    assert known(2026, 3, 4).claims == {"C01-T0": sample.AGREED}
    assert known(2026, 3, 4).extra_costs == {"C01-N": sample.NOTICE}
    assert known(2026, 3, 5).extra_costs == {}


def test_known_at_each_of_many_instants_is_what_each_alone_says(
    contract: Contract, record: Record, django_assert_num_queries
) -> None:
    record(sample.CHILD, sample.RESIDENTIAL)
    record(*sample.MOVE[1:], at=JANUARY)
    record(sample.AGREED, at=MARCH)
    record(Retraction("extra_cost", "C01-N"), at=datetime(2026, 3, 5, tzinfo=UTC))
    recorded = [each.recorded_at for each in versions_of(contract=contract, kind="claim", reference="C01-T0")]
    instants = [
        datetime(2026, 3, 6, tzinfo=UTC),
        *recorded,
        *(at - timedelta(microseconds=1) for at in recorded),
        datetime(2025, 7, 28, tzinfo=UTC),
        datetime(2025, 7, 29, tzinfo=UTC),
    ]

    with django_assert_num_queries(2):
        known = facts_known_at_each(contract=contract, instants=instants)

    assert known == {at: facts_known_at(contract=contract, at=at) for at in instants}
    assert [len(known[at].claims) for at in sorted(instants)] == [0, 0, 0, 1, 1, 1, 1]
    assert list(known[MARCH].placements) == ["C01-F0", "C01-R0"]
    assert facts_known_at_each(contract=contract, instants=[]) == {}


def test_children_are_read_in_the_order_of_their_references_as_text(contract: Contract, record: Record) -> None:
    record(*(replace(sample.CHILD, id=reference) for reference in ["b", "C10", "C2", "é", "B"]))

    assert list(current_facts(contract).children) == ["B", "C10", "C2", "b", "é"]


@pytest.mark.parametrize("children", [1, 50])
def test_known_facts_take_the_same_queries_for_one_child_and_for_fifty(
    contract: Contract, record: Record, children: int, django_assert_num_queries
) -> None:
    for number in range(children):
        record(
            replace(sample.CHILD, id=f"C{number}"),
            replace(sample.RESIDENTIAL, id=f"C{number}-R0", child=f"C{number}"),
            at=datetime(2025, 8, 5, 0, number, tzinfo=UTC),
        )
    with django_assert_num_queries(2):
        known = facts_known_at(contract=contract, at=JANUARY)
    assert len(known.children) == len(known.placements) == children


def test_refused_recording_leaves_no_row_and_no_stamp(contract: Contract, record: Record) -> None:
    record(sample.CHILD)
    events = AuditEvent.objects.count()

    assert refusal(record, sample.EXPENSE, replace(sample.RESIDENTIAL, child="C02")) == [
        ("facts[1].child", "child C02 is not known on that day")
    ]
    assert current_facts(contract) == KnownFacts(terms=(sample.TERMS,), children={"C01": sample.CHILD})
    assert AuditEvent.objects.count() == events
    contract.refresh_from_db()
    assert contract.last_stamped_at == AUGUST


def test_every_problem_is_named_by_its_place(record: Record) -> None:
    child = replace(sample.CHILD, left=date(2025, 8, 4), baseline=(Rate(date(2025, 9, 1), 100, 101),))
    placement = replace(sample.RESIDENTIAL, ended="planned", costs=())

    assert refusal(record, sample.HOUSEHOLD, child, placement) == [
        ("facts[1].left", "the period is empty or runs backwards: 4 August 2025 is not after 4 August 2025"),
        ("facts[1].baseline", "the first rate begins on 1 September 2025, but is needed from 4 August 2025"),
        ("facts[1].baseline[0].contribution", "is more than the weekly amount"),
        ("facts[2].ended", "says how the placement ended, but “until” does not say when"),
        ("facts[2].costs", "needs at least one rate"),
    ]


def test_placements_of_a_child_may_touch_but_not_overlap(contract: Contract, record: Record) -> None:
    record(sample.CHILD, sample.RESIDENTIAL, sample.HOUSEHOLD)

    assert refusal(record, sample.FOSTERING) == [("facts[0].from", "placement C01-F0 overlaps placement C01-R0")]
    record(sample.FOSTERING, sample.RESIDENTIAL_ENDED, at=JANUARY)
    assert len(current_facts(contract).placements) == 2


def test_overlap_is_named_at_the_fact_that_was_given(record: Record) -> None:
    record(*sample.MOVE)

    late_end = replace(sample.RESIDENTIAL_ENDED, until=date(2026, 1, 20))
    assert refusal(record, sample.EXPENSE, late_end) == [
        ("facts[1].from", "placement C01-R0 overlaps placement C01-F0")
    ]


def test_what_a_live_fact_refers_to_cannot_be_retracted(contract: Contract, record: Record) -> None:
    record(*sample.MOVE)

    assert refusal(record, Retraction("household", "H01")) == [
        ("facts[0].id", "placement C01-F0 still refers to household H01")
    ]
    assert refusal(record, Retraction("child", "C01")) == [
        ("facts[0].id", "placement C01-F0 still refers to child C01"),
        ("facts[0].id", "placement C01-R0 still refers to child C01"),
        ("facts[0].id", "extra cost C01-N still refers to child C01"),
    ]
    record(Retraction("household", "H01"), Retraction("placement", "C01-F0"), Retraction("claim", "C01-T0"), at=JANUARY)
    assert current_facts(contract).households == {}


def test_what_was_never_recorded_cannot_be_retracted(record: Record) -> None:
    record(sample.CHILD)

    assert refusal(record, Retraction("child", "C02")) == [("facts[0].id", "there is no live child C02 to retract")]
    assert refusal(record, Retraction("crow", "C02")) == [("facts[0].type", "there are no facts of type “crow”")]


def test_claim_needs_a_family_setting(record: Record) -> None:
    record(sample.CHILD, sample.RESIDENTIAL_ENDED, replace(sample.FOSTERING, setting="other", household=None))

    assert refusal(record, sample.CLAIM) == [
        ("facts[0].placement", "the setting of placement C01-F0 is no family setting then")
    ]


def test_agreed_claim_needs_a_move_out_of_residential_care(contract: Contract, record: Record) -> None:
    record(sample.CHILD, sample.HOUSEHOLD, sample.FOSTERING, sample.CLAIM)

    assert refusal(record, sample.AGREED) == [
        (
            "facts[0].placement",
            (
                "the night before 19 January 2026 the child lived neither in residential or unregistered care "
                "nor in a family placement with an agreed claim"
            ),
        )
    ]
    record(sample.AGREED, sample.RESIDENTIAL_ENDED, at=JANUARY)
    assert current_facts(contract).claims == {"C01-T0": sample.AGREED}


def test_claim_cannot_be_judged_before_there_are_terms(parties: Parties) -> None:
    contract = sample.contract_of(parties, "without terms")
    with pytest.raises(Refused) as refused:
        services.record(contract=contract, facts=sample.MOVE, by=parties.officer, clock=DATABASE_CLOCK)

    assert refused.value.problems == [
        Problem("facts[4].placement", "no terms are known on that day, so a claim cannot be judged")
    ]


def test_amount_beyond_what_rows_hold_is_refused_in_words(record: Record) -> None:
    most = 10**20 - 1
    dear = replace(sample.EXPENSE, amount_pence=most + 1)

    assert refusal(record, dear) == [("facts[0].amount", "is more than can be kept")]
    record(replace(sample.EXPENSE, amount_pence=most))


@pytest.mark.parametrize("reference", ["", " ", "C\0", "C\ud800"])
def test_reference_that_cannot_be_kept_is_refused_in_words(record: Record, reference: str) -> None:
    for fact in [replace(sample.CHILD, id=reference), Retraction("child", reference)]:
        assert [place for place, _ in refusal(record, fact)] == ["facts[0].id"]


def test_reference_too_long_for_an_index_is_refused_in_words(record: Record) -> None:
    record(replace(sample.CHILD, id="C" * 1000), at=JANUARY)

    assert refusal(record, replace(sample.CHILD, id="é" * 501), at=MARCH) == [
        ("facts[0].id", "is longer than 1,000 bytes")
    ]


def test_stamps_of_one_contract_rise_even_when_the_clock_stands_still(contract: Contract, parties: Parties) -> None:
    clock = StatedClock([AUGUST, AUGUST])
    services.record(contract=contract, facts=[sample.CHILD], by=parties.officer, clock=clock)

    with pytest.raises(StampOutOfOrder):
        services.record(contract=contract, facts=[sample.CHILD], by=parties.officer, clock=clock)
    assert ChildVersion.objects.count() == 1


def test_stamps_of_the_database_clock_rise_within_one_recording(contract: Contract, parties: Parties) -> None:
    facts = [replace(sample.CHILD, id=f"C{number:02d}") for number in range(20)]
    stamps = services.record(contract=contract, facts=facts, by=parties.officer, clock=DATABASE_CLOCK)

    assert list(stamps) == sorted(set(stamps))
    contract.refresh_from_db()
    assert contract.last_stamped_at == stamps[-1]


def test_each_fact_has_its_row_in_the_activity_log(contract: Contract, parties: Parties, record: Record) -> None:
    record(sample.CHILD, sample.EXPENSE)
    record(Retraction("expense", "E01"), at=JANUARY)

    events = AuditEvent.objects.filter(stream="contract:L04 25/26").order_by("sequence")
    assert [(event.action, event.subject, event.actor_name, event.at) for event in events[2:]] == [
        ("fact.recorded", "child C01", "Fin Fines", AUGUST),
        ("fact.recorded", "expense E01", "Fin Fines", datetime(2025, 8, 4, 0, 0, 1, tzinfo=UTC)),
        ("fact.retracted", "expense E01", "Fin Fines", JANUARY),
    ]
    assert verify("contract:L04 25/26") == []


def test_activity_log_holds_a_digest_and_nothing_of_what_a_fact_says(contract: Contract, record: Record) -> None:
    record(sample.EXPENSE)

    assert "540 miles" not in AuditEvent.objects.get(action="fact.recorded").detail


def test_outsider_is_told_that_there_is_no_such_contract(parties: Parties, contract: Contract) -> None:
    for outsider in [parties.agent_administrator]:
        with pytest.raises(NotFound, match=r"^There is no contract L04 25/26\.$"):
            services.record(contract=contract, facts=[sample.CHILD], by=outsider, clock=DATABASE_CLOCK)


def test_reader_of_the_council_may_not_record(parties: Parties, contract: Contract) -> None:
    for reader in [parties.auditor, parties.administrator]:
        with pytest.raises(NotPermitted):
            services.record(contract=contract, facts=[sample.CHILD], by=reader, clock=DATABASE_CLOCK)


def test_provider_reports_a_breakdown_but_not_a_price(parties: Parties, contract: Contract, record: Record) -> None:
    record(*sample.MOVE)

    dearer = replace(sample.FOSTERING_BROKEN_DOWN, costs=(Rate(date(2026, 1, 19), 1),))
    with pytest.raises(NotPermitted, match=r"^Pro Vider may not record this of placement C01-F0\.$"):
        record(dearer, at=MARCH, by=parties.provider_staff)
    record(sample.FOSTERING_BROKEN_DOWN, at=MARCH, by=parties.provider_staff)
    assert current_facts(contract).placements["C01-F0"] == sample.FOSTERING_BROKEN_DOWN


@pytest.mark.parametrize(
    "fact",
    [
        replace(sample.CLAIM, id="new"),
        replace(sample.CLAIM, status="withdrawn"),
        replace(sample.HOUSEHOLD, panel_approved=date(2026, 1, 6)),
        replace(sample.EXPENSE, amount_pence=1),
        Retraction("expense", "E01"),
    ],
    ids=lambda fact: f"{fact.kind} {fact.id}",
)
def test_provider_records_what_is_its_to_report(parties: Parties, record: Record, fact) -> None:
    record(*sample.MOVE)

    assert record(fact, at=MARCH, by=parties.provider_staff) == (MARCH,)


@pytest.mark.parametrize(
    "fact",
    [
        sample.AGREED,
        replace(sample.CLAIM, status="rejected"),
        replace(sample.CLAIM, id="new", status="withdrawn"),
        replace(sample.CLAIM, placement="C01-R0"),
        Retraction("claim", "C01-T0"),
        replace(sample.HOUSEHOLD, assessed_by="council"),
        replace(sample.HOUSEHOLD, id="H02"),
        sample.CHILD,
        sample.NOTICE,
        sample.RESIDENTIAL_ENDED,
        replace(sample.FOSTERING_BROKEN_DOWN, ended="planned"),
        Retraction("placement", "C01-F0"),
    ],
    ids=lambda fact: f"{fact.kind} {fact.id}",
)
def test_provider_does_not_record_what_the_council_keeps(parties: Parties, record: Record, fact) -> None:
    record(*sample.MOVE, replace(sample.HOUSEHOLD, id="H02", assessed_by="council"))

    with pytest.raises(NotPermitted):
        record(fact, at=MARCH, by=parties.provider_staff)


def test_provider_cannot_submit_again_what_the_council_decided(parties: Parties, record: Record) -> None:
    record(*sample.MOVE)
    record(sample.AGREED, at=JANUARY)

    with pytest.raises(NotPermitted):
        record(sample.CLAIM, at=MARCH, by=parties.provider_staff)
    assert record(replace(sample.CLAIM, status="withdrawn"), at=MARCH, by=parties.provider_staff) == (MARCH,)


def test_references_belong_to_their_own_contract(parties: Parties, contract: Contract, record: Record) -> None:
    other = sample.contract_of(parties, "another")
    record(sample.CHILD)

    extra_cost = ExtraCost("X", "C01", "support", date(2026, 1, 1), date(2026, 2, 1), 100)
    with pytest.raises(Refused, match=r"^facts\[0\]\.child: child C01 is not known on that day$"):
        services.record(contract=other, facts=[extra_cost], by=parties.officer, clock=DATABASE_CLOCK)
    services.record(contract=other, facts=[extra_cost, sample.CHILD], by=parties.officer, clock=DATABASE_CLOCK)
    assert list(current_facts(other).children) == ["C01"]


def test_records_nothing_when_given_nothing(contract: Contract, record: Record) -> None:
    assert record() == ()
    contract.refresh_from_db()
    assert contract.last_stamped_at == datetime(2025, 7, 29, tzinfo=UTC)


def test_child_and_claim_are_different_facts_of_one_reference(contract: Contract, record: Record) -> None:
    record(
        replace(sample.CHILD, id="X"),
        Placement("X", "X", "residential", date(2025, 1, 1), date(2025, 2, 1), "planned", None, sample.CHILD.baseline),
        Placement("Y", "X", "reunification", date(2025, 2, 1), None, None, None, (Rate(date(2025, 2, 1), 0),)),
        Claim("X", "Y", "agreed"),
    )
    known = current_facts(contract)
    assert (known.children["X"].kind, known.placements["X"].kind, known.claims["X"].kind) == (
        "child",
        "placement",
        "claim",
    )
    assert isinstance(known.children["X"], Child)
