"""What every form about facts stands on: what is known, which references are in use, and what had been seen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cohort.core.facts import Fact, KnownFacts, Retraction
from pbr_ledger.forms import LedgerForm, MoneyField, name_of
from pbr_ledger.money import pence_of
from pbr_ledger.words import SETTING_NAMES, day_shown

BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)
OUT_OF_DATE = "This page is out of date. Open it again."
CONTRIBUTION = "Of which partners pay a week (optional)"
NO_NAMES = "A reference, never a name: the council keeps the key to names elsewhere."
SETTING_CHOICES = tuple(SETTING_NAMES.items())


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known now, the references in use by kind (retracted facts too), and the contract's last stamp."""

    known: KnownFacts
    seen_at: datetime | None
    taken: Mapping[str, Collection[str]] = field(default_factory=dict)


class FactForm(LedgerForm):
    """A form that stands for facts. It remembers when it was first shown, so that nobody overwrites unseen news."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": OUT_OF_DATE})

    def __init__(self, *args: Any, ground: Ground, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground = ground
        self.initial.setdefault("seen", seen_text(ground))

    def clean_seen(self) -> datetime:
        """The instant up to which everything recorded had been seen."""
        try:
            seen = datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError as error:
            raise ValidationError(OUT_OF_DATE) from error
        if seen.tzinfo is None:
            raise ValidationError(OUT_OF_DATE)
        return seen

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the form as a whole is said as a sentence, with a capital letter."""
        is_sentence = field is None and isinstance(error, str)
        super().add_error(field, error[:1].upper() + error[1:] if is_sentence else error)

    def facts(self) -> Sequence[Fact | Retraction]:
        """The facts that the form, found valid, stands for."""
        raise NotImplementedError

    def require_after(self, field: str, start: date | None, since: str) -> None:
        """Say at the field that its day does not come after the start, put into words by `since`."""
        day = self.cleaned_data.get(field)
        if day and start and day <= start:
            self.add_error(field, f"{name_of(self.fields[field])} must be after {day_shown(start)}, {since}")

    def refuse_taken(self, field: str, kind: str) -> None:
        """Say at the field that its reference is in use: recording it would correct another fact."""
        reference = self.cleaned_data.get(field)
        if reference and reference in self.ground.taken.get(kind, ()):
            self.add_error(field, f"{reference} is in use already")


def seen_text(ground: Ground) -> str:
    """Up to when everything recorded is on the page that is shown now."""
    return (ground.seen_at or BEFORE_ANYTHING).isoformat()


class RetractionForm(FactForm):
    """The word that a fact was wrong altogether."""

    def __init__(self, *args: Any, kind: str, reference: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retraction = Retraction(kind, reference)

    def facts(self) -> Sequence[Fact | Retraction]:
        """The retraction."""
        return [self.retraction]


def reference_field(*, label: str, missing: str = "", **options: Any) -> forms.CharField:
    """A reference as people type it; without `missing` it may stay empty, and the next free one is taken."""
    required = {"required": missing} if missing else {}
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": "A reference has at most 100 characters", **required},
        **options,
    )


def choice_field(*, label: str, choices: Any, missing: str, **options: Any) -> forms.ChoiceField:
    """One of a few, as radio buttons."""
    options.setdefault("widget", forms.RadioSelect)
    wrong = {"required": missing, "invalid_choice": missing}
    return forms.ChoiceField(label=label, choices=choices, error_messages=wrong, **options)


def contribution_field(**options: Any) -> MoneyField:
    """What partners pay of a weekly amount; empty is nothing."""
    options.setdefault("label", CONTRIBUTION)
    options.setdefault("help_text", "What health or education pay. It is taken off before savings are worked out.")
    return MoneyField(required=False, **options)


def pence_or_nothing(pounds: Decimal | None) -> int:
    """The amount in pence; nothing where the field was left empty."""
    return pence_of(pounds) if pounds else 0


def block_contract_field() -> forms.BooleanField:
    """Whether the bed is paid for whether it is used or not."""
    return forms.BooleanField(
        label="The bed is under a block contract",
        required=False,
        help_text="It is paid for whether used or not. No statement changes by it; reports show apart what leaving it "
        "saves, since that may be no cash.",
    )
