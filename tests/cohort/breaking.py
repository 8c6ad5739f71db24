"""One row of each table that would be right, and for every named constraint the change that makes it wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models as django

from cohort import models
from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from tests.cohort import beside
from tests.cohort.sample import Parties

STAMP = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""Later than everything that the sample records."""
VERSIONS: Mapping[str, Any] = {
    "child": models.ChildVersion,
    "placement": models.PlacementVersion,
    "claim": models.ClaimVersion,
    "household": models.HouseholdVersion,
    "extracost": models.ExtraCostVersion,
    "expense": models.ExpenseVersion,
}
IDENTITIES: Mapping[str, Any] = {
    "child": models.Child,
    "placement": models.Placement,
    "claim": models.Claim,
    "household": models.Household,
    "extracost": models.ExtraCost,
    "expense": models.Expense,
}
SAMPLE_REFERENCES = {
    "child": "C01",
    "placement": "C01-F0",
    "claim": "C01-T0",
    "household": "H01",
    "extracost": "C01-N",
    "expense": "E01",
}


@dataclass(frozen=True)
class Ground:
    """A contract with facts of every kind, and a further identity of each kind that has no version yet."""

    contract: Contract
    parties: Parties
    by: Person
    new: Mapping[str, Any]

    def known(self, kind: str) -> Any:
        """The identity of this kind that has a version."""
        return IDENTITIES[kind].objects.get(contract=self.contract, reference=SAMPLE_REFERENCES[kind])


def ground_of(contract: Contract, parties: Parties) -> Ground:
    """The ground, once the sample's facts are recorded."""
    new = {kind: model.objects.create(contract=contract, reference="NEW") for kind, model in IDENTITIES.items()}
    ground = Ground(contract, parties, parties.officer, new)
    beside.prepare(ground)
    return ground


def content(kind: str, ground: Ground) -> dict[str, Any]:
    """Columns of content that go together, for a version of this kind."""
    columns: dict[str, dict[str, Any]] = {
        "child": {"joined": date(2025, 8, 4), "rate_count": 1},
        "placement": {
            "child": ground.new["child"],
            "setting": "residential",
            "start": date(2025, 8, 4),
            "rate_count": 1,
        },
        "claim": {"placement": ground.known("placement"), "status": "submitted"},
        "household": {"assessed_by": "provider"},
        "extracost": {
            "child": ground.known("child"),
            "category": "notice",
            "start": date(2025, 8, 4),
            "until": date(2025, 8, 5),
            "weekly": Decimal("0.00"),
        },
        "expense": {"day": date(2025, 8, 4), "category": "mileage", "amount": Decimal("0.00"), "description": ""},
    }
    return columns[kind]


def version(kind: str, ground: Ground, **changes: Any) -> Any:
    """A version of the new identity of this kind, right unless changed."""
    stamped = {"fact": ground.new[kind], "recorded_at": STAMP, "recorded_by": ground.by}
    return VERSIONS[kind](**{**stamped, **content(kind, ground), **changes})


def retraction(kind: str, ground: Ground, **changes: Any) -> Any:
    """A retraction of the new identity of this kind, right unless changed."""
    stamped = {"fact": ground.new[kind], "recorded_at": STAMP, "recorded_by": ground.by, "retracted": True}
    return VERSIONS[kind](**{**stamped, **changes})


def terms(ground: Ground, **changes: Any) -> models.TermsVersion:
    """A version of the terms, right unless changed."""
    right = {
        "contract": ground.contract,
        "recorded_at": STAMP,
        "recorded_by": ground.by,
        "effective_from": date(2025, 8, 4),
        "phase2_start": date(2025, 8, 4),
        "phase2_until": date(2025, 9, 29),
        "phase2_fee": Decimal("0.00"),
        "phase3_start": date(2025, 9, 29),
        "phase3_until": date(2026, 9, 29),
        "phase3_fee": Decimal("0.00"),
        "success_fee_threshold": Decimal("0.00"),
        "success_fee_rate": Decimal("0.0000"),
        "success_fee_basis": "run_rate",
        "carer_fee": Decimal("0.00"),
        "maximum_value": Decimal("0.00"),
        "refund_count": 0,
        "fixed_fee_limit": "schedule",
        "fixed_fee_savings": "month",
        "negative_savings": "net",
        "carer_fee_trigger": "placed",
        "annual_days": 1,
        "expenses_wait_for_savings": True,
        "family_settings": ["reunification"],
    }
    return models.TermsVersion(**{**right, **changes})


def contract(ground: Ground, **changes: Any) -> Contract:
    """A contract between the three parties, right unless changed."""
    right = {
        "reference": "another",
        "title": "",
        "council": ground.parties.council,
        "provider": ground.parties.provider,
        "agent": ground.parties.agent,
        "decision_reference": "",
        "decision_on": date(2025, 7, 29),
    }
    return Contract(**{**right, **changes})


def rate(kind: str, ground: Ground, **changes: Any) -> Any:
    """A further rate of the version that the sample recorded."""
    model: Any = {"child": models.BaselineRate, "placement": models.PlacementRate}[kind]
    current = VERSIONS[kind].objects.get(fact=ground.known(kind))
    right = {"version": current, "start": date(2026, 5, 1), "weekly": Decimal("1.00"), "contribution": Decimal("1.00")}
    return model(**{**right, **changes})


def schedule_row(ground: Ground, **changes: Any) -> models.ScheduleRow:
    """A row of the terms that the sample recorded."""
    first = models.TermsVersion.objects.filter(contract=ground.contract).earliest("recorded_at")
    right = {"version": first, "position": 0, "month": date(2025, 8, 1), "amount": Decimal("0.00")}
    return models.ScheduleRow(**{**right, **changes})


def refund(ground: Ground, **changes: Any) -> models.CarerFeeRefund:
    """A refund of the terms that the sample recorded."""
    first = models.TermsVersion.objects.filter(contract=ground.contract).earliest("recorded_at")
    right = {"version": first, "position": 0, "within_nights": 90, "share": Decimal("1.0000")}
    return models.CarerFeeRefund(**{**right, **changes})


def wrong_rows(ground: Ground) -> list[tuple[str, list[django.Model]]]:
    """Rows, the last of which the named constraint refuses."""
    return [
        *_wrong_contracts(ground),
        *(case for kind in IDENTITIES for case in _wrong_identities(kind, ground)),
        *(case for kind in VERSIONS for case in _wrong_versions(kind, ground)),
        *_wrong_contents(ground),
        *(case for kind in ("child", "placement") for case in _wrong_rates(kind, ground)),
        *_wrong_terms(ground),
        *beside.wrong_rows(ground),
    ]


def right_rows(ground: Ground) -> list[django.Model]:
    """The rows from which the wrong ones differ."""
    return [
        contract(ground),
        *(version(kind, ground) for kind in VERSIONS),
        *(rate(kind, ground) for kind in ("child", "placement")),
        terms(ground),
        schedule_row(ground),
        refund(ground),
        *beside.right_rows(ground),
    ]


def _wrong_contracts(ground: Ground) -> list[tuple[str, list[django.Model]]]:
    council, provider, agent = ground.parties.council, ground.parties.provider, ground.parties.agent
    different = "contract_three_different_parties"
    return [
        ("contract_referenced", [contract(ground, reference="")]),
        (different, [contract(ground, provider=council)]),
        (different, [contract(ground, agent=provider)]),
        (different, [contract(ground, council=agent)]),
    ]


def _wrong_identities(kind: str, ground: Ground) -> list[tuple[str, list[django.Model]]]:
    model = IDENTITIES[kind]
    return [
        (f"{kind}_referenced", [model(contract=ground.contract, reference="")]),
        (f"{kind}_one_of_a_reference", [model(contract=ground.contract, reference="NEW")]),
    ]


def _wrong_versions(kind: str, ground: Ground) -> list[tuple[str, list[django.Model]]]:
    name = f"{kind}version"
    later = {"recorded_at": STAMP + timedelta(seconds=1)}
    columns = content(kind, ground)
    return [
        (f"{name}_superseded_later", [version(kind, ground, superseded_at=STAMP)]),
        (f"{name}_one_current", [version(kind, ground), version(kind, ground, **later)]),
        (
            f"{name}_one_at_an_instant",
            [version(kind, ground), version(kind, ground, **later, superseded_at=STAMP + timedelta(seconds=2))],
        ),
        *((f"{name}_content_unless_retracted", [version(kind, ground, **{column: None})]) for column in columns),
        *(
            (f"{name}_content_unless_retracted", [retraction(kind, ground, **{column: value})])
            for column, value in columns.items()
        ),
    ]


def _wrong_contents(ground: Ground) -> list[tuple[str, list[django.Model]]]:
    start = date(2025, 8, 4)
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("childversion_period", "child", {"left": start}),
        ("childversion_has_rates", "child", {"rate_count": 0}),
        ("placementversion_period", "placement", {"until": start, "ended": "planned"}),
        ("placementversion_ended_iff_until", "placement", {"until": date(2025, 8, 5)}),
        ("placementversion_ended_iff_until", "placement", {"ended": "planned"}),
        ("placementversion_setting_known", "placement", {"setting": "hotel"}),
        ("placementversion_ended_known", "placement", {"until": date(2025, 8, 5), "ended": "moved"}),
        ("placementversion_has_rates", "placement", {"rate_count": 0}),
        ("placementversion_no_overlap", "placement", {"child": ground.known("child"), "start": date(2026, 1, 18)}),
        ("claimversion_status_known", "claim", {"status": "accepted"}),
        ("householdversion_assessed_by_known", "household", {"assessed_by": "agent"}),
        ("extracostversion_period", "extracost", {"until": start}),
        ("extracostversion_weekly_not_negative", "extracost", {"weekly": Decimal("-0.01")}),
        ("extracostversion_category_known", "extracost", {"category": "gift"}),
        ("expenseversion_amount_not_negative", "expense", {"amount": Decimal("-0.01")}),
        ("expenseversion_category_named", "expense", {"category": ""}),
    ]
    blocked = retraction("placement", ground, block_contract=True)
    return [
        *((name, [version(kind, ground, **changes)]) for name, kind, changes in cases),
        ("placementversion_block_contract_unless_retracted", [blocked]),
    ]


def _wrong_rates(kind: str, ground: Ground) -> list[tuple[str, list[django.Model]]]:
    name = {"child": "baselinerate", "placement": "placementrate"}[kind]
    within = f"{name}_contribution_within_weekly"
    below = {"weekly": Decimal("-0.02"), "contribution": Decimal("-0.02")}
    return [
        (f"{name}_one_from_a_date", [rate(kind, ground), rate(kind, ground)]),
        (within, [rate(kind, ground, contribution=Decimal("1.01"))]),
        (within, [rate(kind, ground, contribution=Decimal("-0.01"))]),
        # Nothing lies between zero and a weekly amount below zero.
        (within, [rate(kind, ground, **below)]),
    ]


def _wrong_terms(ground: Ground) -> list[tuple[str, list[django.Model]]]:
    negative, month = Decimal("-0.01"), date(2025, 8, 1)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("termsversion_phase2_period", {"phase2_start": date(2025, 9, 29)}),
        ("termsversion_phase3_period", {"phase3_start": date(2026, 9, 29)}),
        ("termsversion_phase3_after_phase2", {"phase3_start": date(2025, 9, 28)}),
        *(
            ("termsversion_amounts_not_negative", {column: negative})
            for column in ["phase2_fee", "phase3_fee", "success_fee_threshold", "carer_fee", "maximum_value"]
        ),
        ("termsversion_amounts_not_negative", {"success_fee_rate": Decimal("-0.0001")}),
        *(
            ("termsversion_readings_known", {column: "other"})
            for column in ["success_fee_basis", "fixed_fee_limit", "fixed_fee_savings", "negative_savings"]
        ),
        ("termsversion_carer_fee_trigger_known", {"carer_fee_trigger": "other"}),
        ("termsversion_annual_days_positive", {"annual_days": 0}),
        ("termsversion_family_settings_known", {"family_settings": ["reunification", "hotel"]}),
    ]
    alone: list[tuple[str, list[django.Model]]] = [(name, [terms(ground, **changes)]) for name, changes in wrong]
    return [
        *alone,
        ("termsversion_one_at_an_instant", [terms(ground), terms(ground)]),
        ("schedulerow_one_a_month", [schedule_row(ground), schedule_row(ground, position=1)]),
        ("schedulerow_one_at_each_place", [schedule_row(ground), schedule_row(ground, month=date(2025, 9, 1))]),
        ("schedulerow_first_of_month", [schedule_row(ground, month=date(2025, 8, 2))]),
        ("schedulerow_amount_not_negative", [schedule_row(ground, month=month, amount=negative)]),
        ("carerfeerefund_one_at_each_place", [refund(ground), refund(ground)]),
        ("carerfeerefund_share_within_one", [refund(ground, share=Decimal("1.0001"))]),
        ("carerfeerefund_share_within_one", [refund(ground, share=Decimal("-0.0001"))]),
    ]
