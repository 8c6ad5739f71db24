"""One row of each table that would be right, and for every constraint and trigger the change that makes it wrong."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from cohort.models import Contract
from pbr_ledger.periods import Month
from savings import services
from savings.models import (
    Agreement,
    ClosedStatement,
    Dispute,
    KeptScenario,
    Proposal,
    SavingsPlan,
    ScenarioVersion,
    StatementReport,
)
from savings.services import Parties
from savings.services.what_if import make_scenario
from tests.savings import ledger

NOBODY = -1
"""The key of no row."""
OTHER_DIGEST = "ab" * 32
CONTENT = b"%PDF-2.0"
CONTENT_SHA256 = hashlib.sha256(CONTENT).hexdigest()

AT = ledger.instant("2026-06-03 10:00")
"""Later than everything else on the ground."""


@dataclass(frozen=True)
class Ground:
    """December is agreed but passed over, January closed, February disputed though agreed, March agreed, April open."""

    parties: Parties
    contract: Contract
    december: Proposal
    january: ClosedStatement
    february: Proposal
    dispute: Dispute
    march: Proposal
    april: Proposal
    scenario: KeptScenario


def ground_of(contract: Contract, parties: Parties) -> Ground:
    """The ground, laid by the services."""
    december = agreed(contract, parties, Month(2025, 12), "2026-02-01")
    january = services.close(
        proposal=agreed(contract, parties, Month(2026, 1), "2026-02-02"),
        by=parties.accountant,
        clock=ledger.clock("2026-02-03 10:00"),
        skipping_because="Nobody was placed.",
    )
    february = agreed(contract, parties, Month(2026, 2), "2026-03-02")
    dispute = services.dispute(
        proposal=february,
        about="C01",
        reason="Not so.",
        by=parties.provider_staff,
        clock=ledger.clock("2026-03-03 10:00"),
    )
    march = agreed(contract, parties, Month(2026, 3), "2026-04-02")
    april = services.propose(
        contract=contract, month=Month(2026, 4), by=parties.officer, clock=ledger.clock("2026-06-03 10:00")
    )
    for proposal in (december, february, march):
        proposal.refresh_from_db()
    scenario = make_scenario(
        contract=contract, name="What if", by=parties.officer, clock=ledger.clock("2026-06-03 11:00")
    )
    ground = Ground(parties, contract, december, january, february, dispute, march, april, scenario)
    plan(ground).save()
    return ground


def agreed(contract: Contract, parties: Parties, month: Month, day: str) -> Proposal:
    """A proposal that both sides have agreed."""
    proposal = services.propose(contract=contract, month=month, by=parties.officer, clock=ledger.clock(f"{day} 10:00"))
    for by, at in ((parties.provider_staff, "11:00"), (parties.second_officer, "12:00")):
        services.agree(proposal=proposal, by=by, clock=ledger.clock(f"{day} {at}"))
    return proposal


# Rows that would be right


def proposal(ground: Ground, **changes: Any) -> Proposal:
    """A further proposal, of May."""
    right = {
        "contract": ground.contract,
        "month_start": date(2026, 5, 1),
        "number": 1,
        "known_at": AT,
        "document": "{}",
        "digest": OTHER_DIGEST,
        "status": "proposed",
        "proposed_by": ground.parties.officer,
        "proposed_as": "Finance officer",
        "proposed_at": AT,
    }
    return Proposal(**{**right, **changes})


def agreement(ground: Ground, **changes: Any) -> Agreement:
    """The council's agreement to April."""
    right = {
        "proposal": ground.april,
        "side": "council",
        "digest": ground.april.digest,
        "agreed_by": ground.parties.second_officer,
        "proposed_by": ground.parties.officer,
        "agreed_as": "Finance officer",
        "agreed_at": AT,
    }
    return Agreement(**{**right, **changes})


def dispute(ground: Ground, **changes: Any) -> Dispute:
    """The provider's dispute of April."""
    right = {
        "proposal": ground.april,
        "side": "provider",
        "about": "C01",
        "reason": "Not so.",
        "disputed_by": ground.parties.provider_staff,
        "disputed_at": AT,
    }
    return Dispute(**{**right, **changes})


def statement(ground: Ground, **changes: Any) -> ClosedStatement:
    """The statement of March."""
    right = {
        "contract": ground.contract,
        "month_start": ground.march.month_start,
        "proposal": ground.march,
        "known_at": AT,
        "document": ground.march.document,
        "digest": ground.march.digest,
        "expenses": [],
        "particulars": {},
        "closed_by": ground.parties.accountant,
        "closed_at": AT,
        "audit_head": OTHER_DIGEST,
    }
    return ClosedStatement(**{**right, **changes})


def statement_on(proposed: Proposal, ground: Ground, **changes: Any) -> ClosedStatement:
    """A statement on the proposal."""
    own = {"proposal": proposed, "month_start": proposed.month_start, "digest": proposed.digest}
    return statement(ground, **own, **changes)


def report(ground: Ground, **changes: Any) -> StatementReport:
    """The report of January."""
    right = {
        "statement": ground.january,
        "name": "reconciliation.pdf",
        "media_type": "application/pdf",
        "content": CONTENT,
        "sha256": CONTENT_SHA256,
        "release": "1",
        "made_at": AT,
    }
    return StatementReport(**{**right, **changes})


def scenario(ground: Ground, **changes: Any) -> KeptScenario:
    """Another scenario of the council."""
    parties = ground.parties
    right = {
        "contract": ground.contract,
        "organisation": parties.council,
        "document": "",
        "made_by": parties.officer,
        "made_at": AT,
    }
    return KeptScenario(**{**right, **changes})


def scenario_version(ground: Ground, **changes: Any) -> ScenarioVersion:
    """The second version of the scenario."""
    right = {
        "scenario": ground.scenario,
        "number": 2,
        "name": "What if not",
        "known_at": AT,
        "survival": 6400,
        "changes": [],
        "what": "Renamed",
        "closed": False,
        "recorded_by": ground.parties.accountant,
        "recorded_at": AT,
    }
    return ScenarioVersion(**{**right, **changes})


def plan(ground: Ground, **changes: Any) -> SavingsPlan:
    """What the council's financial plan counts on in 2025/26."""
    right = {
        "contract": ground.contract,
        "financial_year": 2025,
        "amounts": [Decimal("1.00")] * 12,
        "source": "MTFP",
        "recorded_by": ground.parties.accountant,
        "recorded_at": AT,
    }
    return SavingsPlan(**{**right, **changes})


def right_rows(ground: Ground) -> list[models.Model]:
    """The rows from which the wrong ones differ."""
    return [
        proposal(ground),
        proposal(ground, month_start=ground.february.month_start, number=2),
        agreement(ground),
        agreement(ground, side="provider", agreed_by=ground.parties.provider_staff),
        dispute(ground),
        statement(ground),
        report(ground),
        scenario(ground),
        scenario(ground, organisation=ground.parties.provider, made_by=ground.parties.provider_staff),
        scenario_version(ground),
        plan(ground),
    ]


# Rows that are wrong, each by one thing

Wrong = tuple[str, list[models.Model]]


def wrong_rows(ground: Ground) -> list[Wrong]:
    """The name of the constraint or trigger, and rows of which it refuses the last."""
    return [
        *_wrong_proposals(ground),
        *_wrong_agreements(ground),
        *_wrong_disputes(ground),
        *_wrong_statements(ground),
        *_wrong_reports(ground),
        *_wrong_scenarios(ground),
        ("savings_plan_of_twelve_periods", [plan(ground, amounts=[Decimal("1.00")] * 11)]),
        ("savings_plan_says_its_source", [plan(ground, source="")]),
        ("savings_savingsplan_financial_year_check", [plan(ground, financial_year=-1)]),
    ]


def _wrong_scenarios(ground: Ground) -> list[Wrong]:
    parties = ground.parties
    closing = scenario_version(ground, closed=True)
    return [
        ("keptscenario_of_a_party", [scenario(ground, organisation=parties.agent)]),
        ("keptscenario_of_a_party", [scenario(ground, organisation=parties.provider)]),
        ("keptscenario_of_a_party", [scenario(ground, made_by=parties.provider_staff)]),
        ("scenarioversion_follows", [scenario_version(ground, recorded_by=parties.provider_staff)]),
        ("scenarioversion_follows", [scenario_version(ground, number=3)]),
        ("scenarioversion_follows", [closing, scenario_version(ground, number=3)]),
        ("scenario_version_number_unique", [scenario_version(ground, number=1)]),
        ("scenario_version_says_what", [scenario_version(ground, name="")]),
        ("scenario_version_says_what", [scenario_version(ground, what="")]),
        ("scenario_version_survival_is_a_share", [scenario_version(ground, survival=0)]),
        ("scenario_version_survival_is_a_share", [scenario_version(ground, survival=10_001)]),
        ("savings_scenarioversion_number_check", [scenario_version(ground, number=-1)]),
    ]


def _wrong_proposals(ground: Ground) -> list[Wrong]:
    april = ground.april.month_start
    return [
        ("proposal_number_unique", [proposal(ground, month_start=ground.february.month_start)]),
        ("proposal_one_open_a_month", [proposal(ground, month_start=april, number=2)]),
        ("proposal_one_open_a_month", [proposal(ground, month_start=ground.march.month_start, number=2)]),
        ("proposal_month_starts_on_the_first", [proposal(ground, month_start=date(2026, 5, 2))]),
        ("proposal_digest_is_sha256", [proposal(ground, digest="AB" * 32)]),
        ("proposal_digest_is_sha256", [proposal(ground, digest="ab" * 31)]),
        ("savings_proposal_number_check", [proposal(ground, number=-1)]),
        *(
            ("proposal_begins", [proposal(ground, status=status)])
            for status in ("part_agreed", "agreed", "disputed", "lapsed", "replaced", "closed", "unheard of")
        ),
    ]


def _wrong_agreements(ground: Ground) -> list[Wrong]:
    parties = ground.parties
    by_provider = {"side": "provider", "agreed_by": parties.provider_staff}
    return [
        ("agreement_once_a_side", [agreement(ground), agreement(ground, agreed_by=parties.accountant)]),
        ("agreement_by_another_than_proposer", [agreement(ground, agreed_by=parties.officer)]),
        # Whoever agreed, the row has to say truly who proposed.
        ("agreement_binds", [agreement(ground, agreed_by=parties.officer, proposed_by=parties.accountant)]),
        ("agreement_binds", [agreement(ground, digest=OTHER_DIGEST)]),
        ("agreement_binds", [agreement(ground, digest="")]),
        ("agreement_binds", [agreement(ground, side="provider")]),
        ("agreement_binds", [agreement(ground, agreed_by=parties.provider_staff)]),
        ("agreement_binds", [agreement(ground, side="nobody")]),
        ("agreement_binds", [agreement(ground, **by_provider | {"agreed_by": ground_outsider(ground)})]),
        *(
            ("agreement_binds", [agreement(ground, proposal=taken, digest=taken.digest, **by_provider)])
            for taken in (ground.february, ground.march, ground.january.proposal)
        ),
    ]


def ground_outsider(ground: Ground) -> Any:
    """Somebody of the paying agent, who is on neither side."""
    people = ground.parties.agent.people
    return people.first() or ledger.person(ground.parties.agent, "Max Trix", "administrator")


def _wrong_disputes(ground: Ground) -> list[Wrong]:
    return [
        ("savings_dispute_proposal_id_key", [dispute(ground, proposal=ground.february)]),
        ("dispute_side_known", [dispute(ground, side="agent")]),
        ("dispute_says_what_and_why", [dispute(ground, about="")]),
        ("dispute_says_what_and_why", [dispute(ground, reason="")]),
        ("dispute_withdrawn_by_someone", [dispute(ground, withdrawn_at=AT)]),
        ("dispute_withdrawn_by_someone", [dispute(ground, withdrawn_by=ground.parties.provider_staff)]),
    ]


def _wrong_statements(ground: Ground) -> list[Wrong]:
    binds = [
        # on figures, a month or a contract that are not its proposal's
        statement(ground, digest=OTHER_DIGEST),
        statement(ground, month_start=date(2026, 5, 1)),
        # on a proposal that is disputed, or not agreed
        statement_on(ground.february, ground),
        statement_on(ground.april, ground),
        statement_on(ground.april, ground, unanswered_because="The council is silent too."),
        # a second time, or in falling order
        statement_on(ground.january.proposal, ground),
        statement_on(ground.december, ground),
        # with a cut-off later than the contract has noted
        statement(ground, known_at=AT + timedelta(microseconds=1), closed_at=AT + timedelta(days=1)),
    ]
    return [
        *(("closing_binds", [row]) for row in binds),
        ("closed_statement_hashes_are_sha256", [statement(ground, audit_head="")]),
        ("closed_statement_hashes_are_sha256", [statement(ground, audit_head="AB" * 32)]),
        ("closed_statement_known_before_closed", [statement(ground, closed_at=AT - timedelta(microseconds=1))]),
    ]


def _wrong_reports(ground: Ground) -> list[Wrong]:
    return [
        ("statement_report_made_once", [report(ground), report(ground)]),
        ("statement_report_hash_is_of_its_content", [report(ground, sha256=CONTENT_SHA256.upper())]),
        ("statement_report_hash_is_of_its_content", [report(ground, sha256=OTHER_DIGEST)]),
        ("statement_report_hash_is_of_its_content", [report(ground, content=CONTENT + b"\n")]),
    ]


def wrong_behind_triggers(ground: Ground) -> list[Wrong]:
    """What a constraint refuses although a trigger, switched off by the owner, would have refused it before."""
    return [
        ("proposal_status_known", [proposal(ground, status="unheard of")]),
        ("agreement_side_known", [agreement(ground, side="nobody")]),
        ("closed_statement_one_a_month", [statement(ground, month_start=ground.january.month_start)]),
        ("closed_statement_month_starts_on_the_first", [statement(ground, month_start=date(2026, 5, 2))]),
        ("closed_statement_hashes_are_sha256", [statement(ground, digest="")]),
        ("savings_closedstatement_proposal_id_key", [statement(ground, proposal=ground.january.proposal)]),
    ]


def wrong_statuses(ground: Ground) -> list[tuple[Proposal, str]]:
    """Proposals, and statuses to which they do not move: none is closed but by its statement."""
    refused = {
        ground.april: ("proposed", "agreed", "closed", "unheard of"),
        ground.march: ("agreed", "proposed", "part_agreed", "closed"),
        ground.february: ("disputed", "proposed", "agreed", "closed"),
        ground.january.proposal: ("closed", "agreed", "disputed"),
    }
    return [(proposed, status) for proposed, statuses in refused.items() for status in statuses]
