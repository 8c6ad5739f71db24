"""Making contracts, and who sees them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cohort import services
from cohort.core.facts import KnownFacts
from cohort.core.terms import NoTermsKnown, ScheduleRow
from cohort.models import Contract, TermsVersion
from cohort.queries import (
    contracts_visible_to,
    corrections_of,
    terms_known_at,
    terms_version_in_force,
    visible_contract,
)
from cohort.rules import may_record, may_record_terms, may_see_contract
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Problem, Refused
from pbr_ledger.periods import Month
from tests.cohort import sample
from tests.cohort.sample import TERMS, TERMS_WITH_ROWS, Parties

JULY = datetime(2025, 7, 29, tzinfo=UTC)


def make(parties: Parties, **changes) -> Contract:
    """A contract made by the council's Lead Accountant, unless changed."""
    arguments = {
        "reference": "L04 25/26",
        "title": "Step-down",
        "council": parties.council,
        "provider": parties.provider,
        "agent": parties.agent,
        "decision_reference": "L04 25/26",
        "decision_on": date(2025, 7, 29),
        "by": parties.lead_accountant,
        "clock": StatedClock([JULY]),
    }
    return services.create_contract(**{**arguments, **changes})


def test_lead_accountant_makes_a_contract_which_the_log_tells_of(parties: Parties) -> None:
    contract = make(parties)

    assert contract.last_stamped_at is None
    event = AuditEvent.objects.get(stream="contract:L04 25/26")
    assert (event.action, event.subject, event.actor_email, event.at) == (
        "contract.created",
        "L04 25/26",
        "lea@plymouth.example",
        JULY,
    )
    assert event.detail == (
        '{"agent":"matrix","council":"plymouth","decided":"2025-07-29","decision":"L04 25/26",'
        '"provider":"reconnect","title":"Step-down"}'
    )


@pytest.mark.parametrize("role", ["officer", "provider_staff", "auditor", "administrator", "agent_administrator"])
def test_nobody_else_makes_a_contract(parties: Parties, role: str) -> None:
    with pytest.raises(NotPermitted):
        make(parties, by=getattr(parties, role))


def test_reference_in_use_and_parties_of_the_wrong_kind_are_refused(parties: Parties) -> None:
    make(parties)
    with pytest.raises(Refused) as refused:
        make(parties, provider=parties.agent, agent=parties.provider)
    assert refused.value.problems == [
        Problem("reference", "there is a contract L04 25/26 already"),
        Problem("provider", "Team Matrix is no provider"),
        Problem("agent", "Reconnect is no agent"),
    ]


def correct(parties: Parties, contract: Contract, **changes) -> Contract:
    """The contract corrected by the Lead Accountant, unless changed."""
    arguments = {
        "particulars": services.Particulars("Step-down for 21 children", "L04 25/26", date(2025, 7, 30)),
        "reason": "The decision was taken a day later",
        "corrections_seen": 0,
        "by": parties.lead_accountant,
        "clock": StatedClock([datetime(2026, 3, 12, 9, 30, tzinfo=UTC)]),
    }
    return services.correct_contract(contract=contract, **{**arguments, **changes})


def test_title_and_decision_are_corrected_and_the_log_keeps_what_they_were(parties: Parties) -> None:
    contract = make(parties)
    corrected = correct(parties, contract)
    assert services.Particulars.of(corrected) == services.Particulars(
        "Step-down for 21 children", "L04 25/26", date(2025, 7, 30)
    )
    (found,) = corrections_of(contract)
    assert (found.at, found.by, found.reason) == (
        datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
        "Lea Ledger",
        "The decision was taken a day later",
    )
    assert found.changed == {
        "decision_on": ("2025-07-29", "2025-07-30"),
        "title": ("Step-down", "Step-down for 21 children"),
    }
    assert AuditEvent.objects.filter(stream="contract:L04 25/26", action="contract.corrected").count() == 1


@pytest.mark.parametrize("role", ["officer", "provider_staff", "auditor", "administrator"])
def test_nobody_else_corrects_a_contract(parties: Parties, role: str) -> None:
    contract = make(parties)
    with pytest.raises(NotPermitted, match="Only the council’s Lead Accountant corrects a contract"):
        correct(parties, contract, by=getattr(parties, role))
    with pytest.raises(NotFound, match=r"^There is no contract L04 25/26\.$"):
        correct(parties, contract, by=parties.agent_administrator)
    assert corrections_of(contract) == []


def test_correction_that_says_nothing_too_much_or_no_reason_is_refused(parties: Parties) -> None:
    contract = make(parties)
    wrong = services.Particulars("", "L" * 101, date(2025, 7, 29))
    with pytest.raises(Refused) as refused:
        correct(parties, contract, particulars=wrong, reason=" ")
    assert refused.value.problems == [
        Problem("title", "must not be empty"),
        Problem("decision_reference", "must be at most 100 characters"),
        Problem("reason", "must not be empty"),
    ]
    with pytest.raises(Refused) as refused:
        correct(parties, contract, particulars=services.Particulars.of(contract))
    assert refused.value.problems == [Problem("particulars", "Nothing differs from what is recorded.")]
    assert corrections_of(contract) == []


def test_contract_is_corrected_only_over_the_corrections_that_were_seen(parties: Parties) -> None:
    contract = make(parties)
    correct(parties, contract)
    again = services.Particulars("Step-down, once more", "L04 25/26", date(2025, 7, 30))
    with pytest.raises(services.ContractCorrectedMeanwhile, match="Somebody has corrected this contract since"):
        correct(parties, contract, particulars=again)
    assert correct(parties, contract, particulars=again, corrections_seen=1).title == "Step-down, once more"
    assert corrections_of(contract)[0].changed == {"title": ("Step-down for 21 children", "Step-down, once more")}


@pytest.mark.parametrize("terms", [TERMS, TERMS_WITH_ROWS])
def test_terms_are_read_back_as_they_were_recorded(parties: Parties, terms) -> None:
    contract = make(parties)
    row = services.record_terms(contract=contract, terms=terms, by=parties.lead_accountant, clock=StatedClock([JULY]))

    assert terms_known_at(contract=contract, at=JULY) == (terms,)
    assert (row.recorded_at, row.response_days) == (JULY, 10)
    assert contract.last_stamped_at == JULY


def test_terms_are_recorded_only_over_the_versions_that_were_seen(parties: Parties) -> None:
    contract = make(parties)
    clock = StatedClock([JULY, datetime(2025, 8, 1, tzinfo=UTC)])
    asked = {"contract": contract, "by": parties.lead_accountant, "clock": clock}
    services.record_terms(terms=TERMS, versions_seen=0, **asked)
    for seen in (0, 2):
        with pytest.raises(services.OtherTermsRecorded, match="Check once more what yours would change"):
            services.record_terms(terms=TERMS_WITH_ROWS, versions_seen=seen, **asked)
    services.record_terms(terms=TERMS_WITH_ROWS, versions_seen=1, **asked)
    assert contract.terms_versions.count() == 2


def test_amounts_of_terms_are_pounds_and_shares_in_their_rows(parties: Parties) -> None:
    row = services.record_terms(
        contract=make(parties),
        terms=TERMS_WITH_ROWS,
        response_days=14,
        by=parties.lead_accountant,
        clock=StatedClock([JULY]),
    )
    row.refresh_from_db()

    assert (row.phase2_fee, row.carer_fee, row.success_fee_rate) == (
        Decimal("35400.00"),
        Decimal("10000.01"),
        Decimal("0.1234"),
    )
    assert [each.amount for each in row.schedule_rows.order_by("month")] == [Decimal("99800.00"), Decimal("500000.00")]
    assert row.response_days == 14


def test_terms_are_recorded_when_the_clock_says_whatever_they_hold(parties: Parties) -> None:
    contract = make(parties)
    midnight_in_summer = datetime(2025, 7, 29, 23, 30, tzinfo=UTC)
    services.record_terms(
        contract=contract, terms=TERMS, by=parties.lead_accountant, clock=StatedClock([midnight_in_summer])
    )

    (known,) = terms_known_at(contract=contract, at=midnight_in_summer)
    assert known.recorded == date(2025, 7, 30)


def test_later_terms_leave_earlier_ones_as_they_were(parties: Parties) -> None:
    contract = make(parties)
    august, october = datetime(2025, 8, 1, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC)
    for terms, at in [(TERMS, august), (TERMS_WITH_ROWS, october)]:
        services.record_terms(contract=contract, terms=terms, by=parties.lead_accountant, clock=StatedClock([at]))

    assert [each.annual_days for each in terms_known_at(contract=contract, at=october)] == [365, 366]
    assert [each.annual_days for each in terms_known_at(contract=contract, at=august)] == [365]
    month = Month(2025, 9)
    assert terms_version_in_force(contract=contract, at=august, month=month).recorded_at == august
    assert terms_version_in_force(contract=contract, at=october, month=month).recorded_at == october
    with pytest.raises(NoTermsKnown):
        terms_version_in_force(contract=contract, at=JULY, month=month)


def test_wrong_terms_are_refused_by_place_and_leave_no_row(parties: Parties) -> None:
    contract = make(parties)
    wrong = replace(
        TERMS_WITH_ROWS, annual_days=0, carer_fee_pence=10**20, schedule=(ScheduleRow(Month(2025, 10), 50_000_000),)
    )
    with pytest.raises(Refused) as refused:
        services.record_terms(
            contract=contract, terms=wrong, response_days=-1, by=parties.lead_accountant, clock=StatedClock([JULY])
        )
    assert [problem.place for problem in refused.value.problems] == [
        "annual_days",
        "schedule",
        "carer_fee",
        "response_days",
    ]
    assert TermsVersion.objects.count() == 0


def test_only_the_lead_accountant_keeps_the_terms(parties: Parties) -> None:
    contract = make(parties)
    for role in ["officer", "provider_staff", "auditor", "administrator"]:
        with pytest.raises(NotPermitted):
            services.record_terms(contract=contract, terms=TERMS, by=getattr(parties, role), clock=StatedClock([JULY]))
    with pytest.raises(NotFound):
        services.record_terms(contract=contract, terms=TERMS, by=parties.agent_administrator, clock=StatedClock([JULY]))
    assert may_record_terms(parties.lead_accountant, contract)
    assert not may_record_terms(parties.officer, contract)


def test_contract_exists_for_its_council_and_provider_alone(parties: Parties) -> None:
    contract = make(parties)
    for role in ["lead_accountant", "officer", "provider_staff", "auditor"]:
        person: Person = getattr(parties, role)
        assert list(contracts_visible_to(person)) == [contract]
        assert visible_contract(person, "L04 25/26") == contract
        assert may_see_contract(person, contract)
    for role in ["administrator", "agent_administrator"]:
        person = getattr(parties, role)
        assert list(contracts_visible_to(person)) == []
        assert not may_see_contract(person, contract)
        with pytest.raises(NotFound, match=r"^There is no contract L04 25/26\.$"):
            visible_contract(person, "L04 25/26")


def test_another_provider_sees_and_records_nothing(parties: Parties) -> None:
    contract = make(parties)
    rival = accounts.create_organisation(
        reference="rival", name="Rival", kind="provider", by=parties.administrator, clock=sample.founded()
    )
    outsider = sample.person(rival, "out@rival.example", "Out Sider", "provider_staff", parties.administrator)

    assert list(contracts_visible_to(outsider)) == []
    assert not may_see_contract(outsider, contract)
    assert not may_record(outsider, contract, sample.EXPENSE, KnownFacts())
    assert may_record(parties.provider_staff, contract, sample.EXPENSE, KnownFacts())


def test_leaver_sees_nothing_any_more(parties: Parties) -> None:
    make(parties)
    accounts.close_person(person=parties.officer, by=parties.administrator, clock=sample.founded())

    assert list(contracts_visible_to(parties.officer)) == []
