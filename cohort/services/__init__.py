"""Every change to what is known: each locks the contract, checks, stamps, writes and audits in one transaction."""

from cohort.services.baselines import (
    BaselineHasChanged,
    BaselineNotAgreed,
    agree_baseline,
    agree_recorded_baseline,
    decline_baseline,
    note_loaded_baselines,
    propose_baseline,
    withdraw_baseline,
)
from cohort.services.claims import (
    AlreadyClaimed,
    act_on_claim,
    agree_move,
    set_claim_status,
    submit_claim,
    write_to_claim,
)
from cohort.services.contracts import (
    RefusedByDatabase,
    checked_at_once,
    create_contract,
    keep_stamp,
    locked,
    next_stamp,
    stream_of,
)
from cohort.services.corrections import report_breakdown
from cohort.services.evidence import Upload, attach_evidence, withdraw_evidence
from cohort.services.facts import ChangedMeanwhile, record, require_recordable
from cohort.services.imports import (
    ImportChanged,
    ImportGone,
    SourceFile,
    digest_of_plan,
    discard_import,
    keep_import,
    plan_import,
    record_import,
)
from cohort.services.particulars import ContractCorrectedMeanwhile, Particulars, correct_contract
from cohort.services.terms import OtherTermsRecorded, record_terms, refuse_wrong_terms

__all__ = [
    "AlreadyClaimed",
    "BaselineHasChanged",
    "BaselineNotAgreed",
    "ChangedMeanwhile",
    "ContractCorrectedMeanwhile",
    "ImportChanged",
    "ImportGone",
    "OtherTermsRecorded",
    "Particulars",
    "RefusedByDatabase",
    "SourceFile",
    "Upload",
    "act_on_claim",
    "agree_baseline",
    "agree_move",
    "agree_recorded_baseline",
    "attach_evidence",
    "checked_at_once",
    "correct_contract",
    "create_contract",
    "decline_baseline",
    "digest_of_plan",
    "discard_import",
    "keep_import",
    "keep_stamp",
    "locked",
    "next_stamp",
    "note_loaded_baselines",
    "plan_import",
    "propose_baseline",
    "record",
    "record_import",
    "record_terms",
    "refuse_wrong_terms",
    "report_breakdown",
    "require_recordable",
    "set_claim_status",
    "stream_of",
    "submit_claim",
    "withdraw_baseline",
    "withdraw_evidence",
    "write_to_claim",
]
