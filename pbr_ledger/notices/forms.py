"""How somebody wants to be told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from pbr_ledger.forms import LedgerForm
from pbr_ledger.notices.models import AT_ONCE, DAILY, NEVER
from pbr_ledger.notices.registry import NoticeKind

WORDS = {AT_ONCE: "At once", DAILY: "In the daily summary", NEVER: "Never"}
SUMMARY_WORDS = {DAILY: "Once a day", NEVER: "Never"}


class NoticeChoicesForm(LedgerForm):
    """One question for each kind that concerns the person."""

    def __init__(self, *args: Any, kinds: Sequence[NoticeKind], chosen: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            words = WORDS if AT_ONCE in kind.choices else SUMMARY_WORDS
            self.fields[kind.key] = forms.ChoiceField(
                label=kind.title,
                help_text=kind.hint,
                choices=[(choice, words[choice]) for choice in kind.choices],
                widget=forms.RadioSelect,
                initial=chosen.get(kind.key, kind.unless_chosen),
                error_messages={
                    "required": f"{kind.title}: choose when you want to be told",
                    "invalid_choice": f"{kind.title}: choose one of these",
                },
            )
