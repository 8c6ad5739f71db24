"""Rows that stand beside facts (notes, evidence, baselines): one of each that is right, and what makes each wrong."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models as django

from cohort import models
from pbr_ledger.uploads import LARGEST_FILE

if TYPE_CHECKING:
    from tests.cohort.breaking import Ground

EARLIER = datetime(2026, 5, 20, tzinfo=UTC)
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
RATES = [{"from": "2024-03-11", "weekly": "7100.00", "contribution": "100.00"}]
"""The baseline of the sample's child."""
OTHER_RATES = [{"from": "2024-03-11", "weekly": "7000.00", "contribution": "100.00"}]


def note(ground: "Ground", **changes: Any) -> models.ClaimNote:
    """A message about the sample's claim, right unless changed."""
    right = {"claim": ground.known("claim"), "text": "Where is the plan?", "written_by": ground.by, "written_at": AT}
    return models.ClaimNote(**{**right, **changes})


def evidence(ground: "Ground", **changes: Any) -> models.Evidence:
    """A file beside the sample's claim, right unless changed."""
    right = {
        "claim": ground.known("claim"),
        "name": "plan.pdf",
        "media_type": "application/pdf",
        "size": 1,
        "sha256": "ab" * 32,
        "kept_as": "cd" * 16,
        "scan": "clean",
        "attached_by": ground.by,
        "attached_at": AT,
    }
    return models.Evidence(**{**right, **changes})


def withdrawal(ground: "Ground", **changes: Any) -> models.EvidenceWithdrawal:
    """A withdrawal of the file that the ground has and that is not withdrawn, right unless changed."""
    kept = models.Evidence.objects.get(kept_as="ef" * 16)
    right = {"evidence": kept, "reason": "The wrong file", "withdrawn_by": ground.by, "withdrawn_at": AT}
    return models.EvidenceWithdrawal(**{**right, **changes})


def proposal(ground: "Ground", **changes: Any) -> models.BaselineProposal:
    """The council's proposal for the new child, right unless changed."""
    right = {
        "child": ground.new["child"],
        "rates": RATES,
        "reason": "Uplift of April",
        "proposed_side": "council",
        "proposed_by": ground.by,
        "proposed_at": AT,
    }
    return models.BaselineProposal(**{**right, **changes})


def decided(ground: "Ground", **changes: Any) -> models.BaselineProposal:
    """A proposal that the provider has agreed, right unless changed."""
    decision = {
        "status": "agreed",
        "decided_side": "provider",
        "decided_by": ground.parties.provider_staff,
        "decided_at": AT + timedelta(seconds=1),
    }
    return proposal(ground, **{**decision, **changes})


def agreement(ground: "Ground", **changes: Any) -> models.BaselineAgreement:
    """The provider's agreement to what the council recorded of the new child, right unless changed."""
    right = {
        "child": ground.new["child"],
        "rates": RATES,
        "because": "recorded",
        "agreed_side": "provider",
        "agreed_by": ground.parties.provider_staff,
        "agreed_at": AT,
    }
    return models.BaselineAgreement(**{**right, **changes})


def pending_import(ground: "Ground", **changes: Any) -> models.PendingImport:
    """Rows that the officer has brought, right unless changed."""
    right = {
        "contract": ground.contract,
        "brought_by": ground.by,
        "brought_at": AT,
        "file_name": "placements.xlsx",
        "file_sha256": "ab" * 32,
        "rows": {"prices": [[2, "C01-F0", "2026-04-01", "785.00", ""]]},
    }
    return models.PendingImport(**{**right, **changes})


def prepare(ground: "Ground") -> None:
    """A row in each of these tables; of the files one is withdrawn and one is not."""
    note(ground, written_at=EARLIER).save()
    withdrawn = evidence(ground, kept_as="01" * 16, attached_at=EARLIER)
    withdrawn.save()
    evidence(ground, kept_as="ef" * 16, attached_at=EARLIER).save()
    models.EvidenceWithdrawal(
        evidence=withdrawn, reason="The wrong file", withdrawn_by=ground.by, withdrawn_at=EARLIER
    ).save()
    proposal(ground, child=ground.known("child"), proposed_at=EARLIER).save()
    agreement(ground, child=ground.known("child"), agreed_at=EARLIER).save()


def right_rows(ground: "Ground") -> list[django.Model]:
    """The rows from which the wrong ones differ."""
    beside = [
        evidence(ground, claim=None, **{kind: ground.known(kind)}) for kind in ("household", "placement", "expense")
    ]
    return [
        note(ground),
        note(ground, status="queried"),
        evidence(ground),
        *beside,
        withdrawal(ground),
        proposal(ground),
        decided(ground),
        decided(ground, status="withdrawn", decided_side="council", decided_by=ground.by),
        agreement(ground),
        agreement(ground, because="loaded", agreed_side="council", agreed_by=ground.by),
        pending_import(ground),
        pending_import(ground, brought_by=ground.parties.provider_staff),
    ]


def wrong_rows(ground: "Ground") -> list[tuple[str, list[django.Model]]]:
    """Rows, the last of which the named constraint refuses."""
    return [*_wrong_notes(ground), *_wrong_evidence(ground), *_wrong_baselines(ground), *_wrong_imports(ground)]


def _wrong_notes(ground: "Ground") -> list[tuple[str, list[django.Model]]]:
    return [
        ("claimnote_says_something", [note(ground, text="")]),
        ("claimnote_status_known", [note(ground, status="accepted")]),
        ("claimnote_one_at_an_instant", [note(ground), note(ground)]),
        ("evidencewithdrawal_has_reason", [withdrawal(ground, reason="")]),
    ]


def _wrong_evidence(ground: "Ground") -> list[tuple[str, list[django.Model]]]:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("evidence_beside_one_fact", {"claim": None}),
        *(("evidence_beside_one_fact", {kind: ground.known(kind)}) for kind in ("household", "placement", "expense")),
        ("evidence_named", {"name": ""}),
        ("evidence_media_type_taken", {"media_type": "text/html"}),
        ("evidence_size_bounded", {"size": 0}),
        ("evidence_size_bounded", {"size": LARGEST_FILE + 1}),
        ("evidence_hash_is_sha256", {"sha256": "AB" * 32}),
        ("evidence_kept_under_a_made_name", {"kept_as": "../../etc/passwd"}),
        ("evidence_scan_known", {"scan": "infected"}),
    ]
    return [(name, [evidence(ground, **changes)]) for name, changes in wrong]


def _wrong_baselines(ground: "Ground") -> list[tuple[str, list[django.Model]]]:
    provider = ground.parties.provider_staff
    return [
        ("baselineproposal_has_reason", [proposal(ground, reason="")]),
        ("baselineproposal_status_known", [decided(ground, status="accepted")]),
        ("baselineproposal_side_known", [proposal(ground, proposed_side="agent", proposed_by=provider)]),
        ("baselineproposal_one_open", [proposal(ground), proposal(ground)]),
        ("baselineproposal_decided_unless_open", [proposal(ground, decided_side="provider")]),
        ("baselineproposal_decided_unless_open", [proposal(ground, status="agreed")]),
        ("baselineproposal_decided_unless_open", [decided(ground, decided_at=AT)]),
        ("baselineproposal_decided_by_other_side", [decided(ground, decided_side="council", decided_by=ground.by)]),
        ("baselineproposal_decided_by_other_side", [decided(ground, status="withdrawn")]),
        ("baselineagreement_says_how", [agreement(ground, because="heard")]),
        ("baselineagreement_says_how", [agreement(ground, agreed_side="council", agreed_by=ground.by)]),
        ("baselineagreement_says_how", [agreement(ground, because="loaded")]),
        ("baselineagreement_says_how", [agreement(ground, because="proposed")]),
        ("baselineagreement_one_at_an_instant", [agreement(ground), agreement(ground)]),
    ]


def _wrong_imports(ground: "Ground") -> list[tuple[str, list[django.Model]]]:
    return [
        ("pendingimport_one_of_a_person", [pending_import(ground), pending_import(ground)]),
        ("pendingimport_file_named", [pending_import(ground, file_name="")]),
        ("pendingimport_hash_is_sha256", [pending_import(ground, file_sha256="AB" * 32)]),
    ]
