"""Every change to what is known: each locks the contract, checks, stamps, writes and audits in one transaction."""

from cohort.services.contracts import (
    RefusedByDatabase,
    checked_at_once,
    create_contract,
    keep_stamp,
    locked,
    next_stamp,
    stream_of,
)
from cohort.services.corrections import report_breakdown, set_claim_status
from cohort.services.facts import ChangedMeanwhile, record, require_recordable
from cohort.services.terms import OtherTermsRecorded, record_terms, refuse_wrong_terms

__all__ = [
    "ChangedMeanwhile",
    "OtherTermsRecorded",
    "RefusedByDatabase",
    "checked_at_once",
    "create_contract",
    "keep_stamp",
    "locked",
    "next_stamp",
    "record",
    "record_terms",
    "refuse_wrong_terms",
    "report_breakdown",
    "require_recordable",
    "set_claim_status",
    "stream_of",
]
