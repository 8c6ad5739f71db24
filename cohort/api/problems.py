"""The problems of facts."""

from cohort.queries.erasures import ContractErased
from cohort.services import BaselineNotAgreed, ChangedMeanwhile
from cohort.services.claims import AlreadyClaimed
from pbr_ledger.clients.api.problems import CHANGED_SINCE, add_problem, meaning

REFERENCE_IN_USE = add_problem(
    "reference-in-use",
    409,
    "There is, or was, a fact of this reference",
    "Correct or restore the one that there is, or choose another reference.",
)
ALREADY_CLAIMED = add_problem(
    "already-claimed", 409, "The placement has a claim", "Read the claim that there is, and act on that."
)
BASELINE_NOT_AGREED = add_problem(
    "baseline-not-agreed",
    409,
    "The child's baseline is not agreed by both sides",
    "Agree it first; then agree the claim.",
)
ERASED = add_problem(
    "erased", 410, "It was erased under the retention schedule", "Totals, invoices and payments are kept: read those."
)
meaning(CHANGED_SINCE, ChangedMeanwhile)
meaning(ALREADY_CLAIMED, AlreadyClaimed)
meaning(BASELINE_NOT_AGREED, BaselineNotAgreed)
meaning(ERASED, ContractErased)
