"""Forms about claims: submitting one, agreeing a move, and every further step."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from cohort.forms.evidence import NO_NAMES, WHAT_IS_TAKEN, FilesField
from cohort.models import PlacementVersion
from cohort.models.claims import LONGEST_TEXT
from pbr_ledger.forms import LedgerForm
from pbr_ledger.words import day_shown, setting_shown


def words_field(*, label: str, missing: str, **options: Any) -> forms.CharField:
    """Something to be said in a few sentences; without `missing` it may stay empty."""
    options.setdefault("help_text", NO_NAMES)
    errors = {"max_length": f"Write at most {LONGEST_TEXT:,} characters"}
    if missing:
        errors["required"] = missing
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=errors,
        **options,
    )


class _PlacementForm(LedgerForm):
    """A form that chooses one of the placements for which no claim is live."""

    placement = forms.ChoiceField(
        label="Which move?",
        error_messages={"required": "Choose the move", "invalid_choice": "Choose a move from the list"},
        help_text="Placements in a family setting for which there is no claim yet.",
    )
    places: ClassVar = {"facts[0].placement": "placement", "files": "evidence"}

    def __init__(self, *args: Any, placements: Sequence[PlacementVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.fact.reference, _placement_words(each)) for each in placements]
        self.fields["placement"].choices = [("", "Choose a move"), *choices]  # type: ignore[attr-defined]


def _placement_words(placement: PlacementVersion) -> str:
    """`C01, in-house fostering from 19 January 2026 (C01-F0)`."""
    if placement.child is None or placement.setting is None or placement.start is None:
        return placement.fact.reference
    where = setting_shown(placement.setting)
    return f"{placement.child}, {where[:1].lower()}{where[1:]} from {day_shown(placement.start)} ({placement.fact})"


class SubmitClaimForm(_PlacementForm):
    """The provider's claim for a move, with evidence."""

    text = words_field(
        label="Why is this a transition?",
        missing="Say what shows that the child has moved",
        help_text=f"What shows that the child has moved, and your part in it. {NO_NAMES}",
    )
    evidence = FilesField(label="Evidence (optional)", required=False, help_text=WHAT_IS_TAKEN)


class AgreeMoveForm(_PlacementForm):
    """A move that both sides know of, agreed by the council at once."""

    text = words_field(
        label="How do both sides know of this move?",
        missing="Say how both sides know of the move",
        help_text=f"For example, the review at which it was agreed. {NO_NAMES}",
    )


STEP_WORDS = {
    "agree": ("Message (optional)", ""),
    "query": ("What do you need to know?", "Say what you need to know"),
    "reject": ("Why do you reject the claim?", "Say why you reject the claim"),
    "answer": ("Your answer", "Enter your answer"),
    "withdraw": ("Why do you withdraw the claim?", "Say why you withdraw the claim"),
}
"""Of each step of the lifecycle, the label of its words and what is said where they are missing."""


class ClaimStepForm(LedgerForm):
    """A step of a claim's lifecycle, with the words that go with it."""

    places: ClassVar = {"files": "evidence"}

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label, missing = STEP_WORDS[action]
        self.fields["text"] = words_field(label=label, missing=missing)
        if action == "answer":
            self.fields["evidence"] = FilesField(label="Evidence (optional)", required=False, help_text=WHAT_IS_TAKEN)


class MessageForm(LedgerForm):
    """A message about a claim, which changes nothing else."""

    text = words_field(label="Write a message", missing="Enter a message")
