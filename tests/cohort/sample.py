"""A small contract: its parties, its people, and facts of every kind, to be recorded through the services."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from cohort import services
from cohort.core.facts import Child, Claim, Expense, ExtraCost, Household, Placement, Rate
from cohort.core.terms import CarerFeeRefund, Phase, ScheduleRow, SuccessFee, Terms
from cohort.models import Contract
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.periods import Month

FOUNDED_AT = datetime(2025, 7, 1, 9, tzinfo=UTC)

TERMS = Terms(
    recorded=date(2025, 7, 29),
    effective_from=date(2025, 8, 4),
    phase2=Phase(date(2025, 8, 4), date(2025, 9, 29), 3_540_000),
    phase3=Phase(date(2025, 9, 29), date(2026, 9, 29), 56_440_000),
    success_fee=SuccessFee(300_000_000, 1_000),
    carer_fee_pence=1_000_000,
    maximum_value_pence=100_000_000,
)
TERMS_WITH_ROWS = Terms(
    recorded=date(2025, 7, 29),
    effective_from=date(2025, 8, 4),
    phase2=Phase(date(2025, 8, 4), date(2025, 9, 29), 3_540_000),
    phase3=Phase(date(2025, 9, 29), date(2026, 9, 29), 56_440_000),
    success_fee=SuccessFee(300_000_000, 1_234, "realised"),
    carer_fee_pence=1_000_001,
    maximum_value_pence=100_000_000,
    schedule=(ScheduleRow(Month(2025, 10), 50_000_000), ScheduleRow(Month(2025, 8), 9_980_000)),
    fixed_fee_limit="cap",
    fixed_fee_savings="to_date",
    negative_savings="zero",
    annual_days=366,
    carer_fee_refund=(CarerFeeRefund(90, 5_000), CarerFeeRefund(30, 10_000)),
    carer_fee_trigger="approved",
    expenses_wait_for_savings=False,
    family_settings=("reunification", "fostering_in_house"),
)

CHILD = Child("C01", date(2025, 8, 4), None, (Rate(date(2024, 3, 11), 710_000, 10_000),))
RESIDENTIAL = Placement(
    "C01-R0", "C01", "residential", date(2024, 3, 11), None, None, None, (Rate(date(2024, 3, 11), 710_000),)
)
RESIDENTIAL_ENDED = Placement(
    "C01-R0",
    "C01",
    "residential",
    date(2024, 3, 11),
    date(2026, 1, 19),
    "planned",
    None,
    (Rate(date(2024, 3, 11), 710_000), Rate(date(2025, 4, 1), 730_050)),
)
HOUSEHOLD = Household("H01", "provider", date(2026, 1, 5))
FOSTERING = Placement(
    "C01-F0", "C01", "fostering_in_house", date(2026, 1, 19), None, None, "H01", (Rate(date(2026, 1, 19), 78_500),)
)
FOSTERING_BROKEN_DOWN = Placement(
    "C01-F0",
    "C01",
    "fostering_in_house",
    date(2026, 1, 19),
    date(2026, 3, 2),
    "breakdown",
    "H01",
    (Rate(date(2026, 1, 19), 78_500),),
)
CLAIM = Claim("C01-T0", "C01-F0", "submitted")
AGREED = Claim("C01-T0", "C01-F0", "agreed")
NOTICE = ExtraCost("C01-N", "C01", "notice", date(2026, 1, 19), date(2026, 2, 2), 710_000)
EXPENSE = Expense("E01", date(2026, 2, 5), "mileage", 24_300, "540 miles at 45p")
MOVE = (CHILD, RESIDENTIAL_ENDED, HOUSEHOLD, FOSTERING, CLAIM, NOTICE, EXPENSE)
"""A child, moved from residential care to fostering: facts of every kind, that go well together."""


@dataclass(frozen=True)
class Parties:
    """The three organisations of a contract, and people with each role."""

    administrator: Person
    council: Organisation
    provider: Organisation
    agent: Organisation
    lead_accountant: Person
    officer: Person
    provider_staff: Person
    auditor: Person
    agent_administrator: Person


def founded(at: datetime = FOUNDED_AT) -> StatedClock:
    """A clock for people and organisations, whose instants need no order."""
    return StatedClock([at])


def parties() -> Parties:
    """Organisations and people, made through the services by the first administrator."""
    administrator = accounts.install_first_administrator(
        organisation_name="Plymouth City Council",
        organisation_reference="plymouth",
        email="ada@plymouth.example",
        full_name="Ada Admin",
        password=None,
        clock=founded(),
    )
    provider, agent = (
        accounts.create_organisation(reference=reference, name=name, kind=kind, by=administrator, clock=founded())
        for reference, name, kind in [("reconnect", "Reconnect", "provider"), ("matrix", "Team Matrix", "agent")]
    )
    council = administrator.organisation
    return Parties(
        administrator,
        council,
        provider,
        agent,
        person(council, "lea@plymouth.example", "Lea Ledger", "lead_accountant", administrator),
        person(council, "fin@plymouth.example", "Fin Fines", "finance_officer", administrator),
        person(provider, "pro@reconnect.example", "Pro Vider", "provider_staff", administrator),
        person(council, "aud@plymouth.example", "Aud Itor", "auditor", administrator),
        person(agent, "max@matrix.example", "Max Trix", "administrator", administrator),
    )


def person(organisation: Organisation, email: str, full_name: str, role: str, by: Person) -> Person:
    """A person of the organisation with one role."""
    made = accounts.create_person(
        organisation=organisation, email=email, full_name=full_name, password=None, by=by, clock=founded()
    )
    accounts.grant_role(person=made, role=role, by=by, clock=founded())
    return made


def contract_of(parties: Parties, reference: str = "L04 25/26") -> Contract:
    """A contract between the parties, without terms or facts."""
    return services.create_contract(
        reference=reference,
        title="Step-down from residential care",
        council=parties.council,
        provider=parties.provider,
        agent=parties.agent,
        decision_reference="L04 25/26",
        decision_on=date(2025, 7, 29),
        by=parties.lead_accountant,
        clock=founded(),
    )


def agree_baseline(contract: Contract, parties: Parties, at: datetime = datetime(2026, 3, 1, tzinfo=UTC)) -> None:
    """The provider agrees to the baseline of the sample's child."""
    services.agree_recorded_baseline(
        contract=contract, child=CHILD.id, rates=CHILD.baseline, by=parties.provider_staff, clock=StatedClock([at])
    )
