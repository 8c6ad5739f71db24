"""What was corrected of a contract, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cohort.queries import Correction
from pbr_ledger.words import day_shown, instant_shown

NAMES = {"title": "Title", "decision_reference": "Decision", "decision_on": "Date of the decision"}


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """A correction: when, by whom, why, and for each particular its name, what it was and what it became."""

    at: str
    by: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]


def corrections_shown(corrections: Sequence[Correction]) -> list[CorrectionShown]:
    """The corrections in words, in their order."""
    return [
        CorrectionShown(
            at=instant_shown(each.at),
            by=each.by,
            reason=each.reason,
            changes=tuple(
                (NAMES[name], _shown(name, was), _shown(name, now)) for name, (was, now) in each.changed.items()
            ),
        )
        for each in corrections
    ]


def _shown(name: str, value: str) -> str:
    return day_shown(date.fromisoformat(value)) if name == "decision_on" else value
