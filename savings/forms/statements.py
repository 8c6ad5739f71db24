"""Forms of a month's statement: what is disputed and why, and what has to be explained on closing."""

from collections.abc import Sequence
from typing import Any

from django import forms

from pbr_ledger.forms import LedgerForm

ROWS = {"rows": 4}


class DisputeForm(LedgerForm):
    """Which figure of a proposal is disputed, and why."""

    about = forms.ChoiceField(
        label="Which figure do you dispute?",
        error_messages={
            "required": "Choose the figure that you dispute",
            "invalid_choice": "Choose a figure of this proposal",
        },
    )
    reason = forms.CharField(
        label="What is wrong with it?",
        help_text="Say what you know and from where, without names. Both parties read it.",
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={
            "required": "Enter what is wrong with the figure",
            "max_length": "Shorten what is wrong to 2,000 characters or fewer",
        },
    )

    def __init__(self, *args: Any, figures: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above, for the type checker
        field.choices = [("", "Choose a figure"), *figures]


class CloseForm(LedgerForm):
    """What has to be explained on closing: only what is asked for is shown."""

    skipping_because = forms.CharField(
        label="Why do the months before it stay without a statement?",
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={
            "required": "Enter why the months before it are skipped",
            "max_length": "Shorten the reason to 2,000 characters or fewer",
        },
    )
    unanswered_because = forms.CharField(
        label="What was done to reach the provider?",
        help_text="The provider’s days to answer are over. What you write stands on the statement for good.",
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={
            "required": "Enter what was done to reach the provider",
            "max_length": "Shorten what was done to 2,000 characters or fewer",
        },
    )

    def __init__(self, *args: Any, skipped: str, is_unanswered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not skipped:
            del self.fields["skipping_because"]
        else:
            self.fields["skipping_because"].help_text = skipped
        if not is_unanswered:
            del self.fields["unanswered_because"]
