"""What makes facts and terms fit together, each rule as the list of what is wrong (docs/contract.md 1, 2, 3, 11).

The services and the reader of scenario documents ask the same functions, so that both refuse the same things in the
same words. Places are the keys of a scenario document: `costs[0].contribution`, `phase2.until`.
"""

from cohort.core.validity.journeys import Journeys, claim_problems, journeys_of, overlap_problems, overlaps_among
from cohort.core.validity.references import reference_problems, references_of, retraction_problems
from cohort.core.validity.shape import shape_problems
from cohort.core.validity.terms import (
    CARER_FEE_TRIGGERS,
    FIXED_FEE_LIMITS,
    FIXED_FEE_SAVINGS,
    NEGATIVE_SAVINGS,
    SUCCESS_FEE_BASES,
    terms_problems,
)

__all__ = [
    "CARER_FEE_TRIGGERS",
    "FIXED_FEE_LIMITS",
    "FIXED_FEE_SAVINGS",
    "NEGATIVE_SAVINGS",
    "SUCCESS_FEE_BASES",
    "Journeys",
    "claim_problems",
    "journeys_of",
    "overlap_problems",
    "overlaps_among",
    "reference_problems",
    "references_of",
    "retraction_problems",
    "shape_problems",
    "terms_problems",
]
