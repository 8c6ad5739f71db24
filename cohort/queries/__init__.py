"""Every read of what is known that is more than one line."""

from cohort.queries.baselines import agreed_baselines, baseline_is_agreed, open_baseline_proposals
from cohort.queries.changes import FactChange, changes_between, terms_recorded_between
from cohort.queries.contracts import Correction, contracts_visible_to, corrections_of, visible_contract
from cohort.queries.facts import RecordedVersion, current_facts, facts_known_at, facts_known_at_each, versions_of
from cohort.queries.glance import CohortGlance, cohort_at_a_glance
from cohort.queries.history import FactHistory, child_history, identity_of, keys_of
from cohort.queries.terms import terms_history, terms_known_at, terms_of, terms_version_in_force, terms_versions

__all__ = [
    "CohortGlance",
    "Correction",
    "FactChange",
    "FactHistory",
    "RecordedVersion",
    "agreed_baselines",
    "baseline_is_agreed",
    "changes_between",
    "child_history",
    "cohort_at_a_glance",
    "contracts_visible_to",
    "corrections_of",
    "current_facts",
    "facts_known_at",
    "facts_known_at_each",
    "identity_of",
    "keys_of",
    "open_baseline_proposals",
    "terms_history",
    "terms_known_at",
    "terms_of",
    "terms_recorded_between",
    "terms_version_in_force",
    "terms_versions",
    "versions_of",
    "visible_contract",
]
