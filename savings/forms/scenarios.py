"""Forms of scenarios: what they are called, their files, and which stand side by side."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from cohort.forms.fields import PercentField
from pbr_ledger.errors import Problem
from pbr_ledger.forms import LedgerForm
from savings.services.what_if import LARGEST_FILE, LONGEST_NAME

OUT_OF_DATE = "This page is out of date. Open it again."
PROBLEMS_SHOWN = 50


def name_field() -> forms.CharField:
    """What a scenario is called."""
    return forms.CharField(
        label="Name",
        help_text="What it asks, in a few words: “Five more moves by March”. Do not name a child or a carer.",
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Enter a name for the scenario",
            "max_length": f"Shorten the name to {LONGEST_NAME} characters or fewer",
        },
    )


def seen_field() -> forms.IntegerField:
    """The number of the version that was on the page."""
    return forms.IntegerField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), OUT_OF_DATE)
    )


class NewScenarioForm(LedgerForm):
    """A scenario that starts from the contract as known today."""

    name = name_field()


class ImportForm(LedgerForm):
    """A scenario file, whose problems are named by their place in it."""

    name = name_field()
    file = forms.FileField(
        label="Scenario file",
        help_text=f"JSON, as the page of a scenario exports it; at most {LARGEST_FILE // 1024 // 1024} MB.",
        widget=forms.ClearableFileInput,
        error_messages={
            "required": "Choose a scenario file",
            "empty": "The file is empty",
            "invalid": "Choose the file again",
        },
    )

    def clean_file(self) -> bytes:
        """The bytes of the file. Refuses one that is too large unread."""
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile) or (file.size or 0) > LARGEST_FILE:
            raise ValidationError(f"The file must be smaller than {LARGEST_FILE // 1024 // 1024} MB", "too_large")
        return bytes(file.read())

    def _say(self, place: str, message: str) -> None:
        """What is wrong in the file stands at its field, each with its place; of very many, the first."""
        if place == "name":
            super()._say(place, message)
            return
        said = len(self.errors.get("file", ()))
        if said < PROBLEMS_SHOWN:
            self.add_error("file", str(Problem("" if place == "file" else place, message)))
        elif said == PROBLEMS_SHOWN:
            self.add_error("file", f"And there are more problems than the {PROBLEMS_SHOWN} above.")


class SettingsForm(LedgerForm):
    """What a scenario is called, and how many placements last a year."""

    seen = seen_field()
    name = name_field()
    survival = PercentField(
        label="Placements that last a year",
        missing="Enter the share of placements that last a year",
        help_text="For the forecast band: the share that is still there 365 nights later, like 64. Of 31 young people "
        "in Birmingham’s step-down programme, 64% were stable (Rees Centre, September 2018).",
    )


class CompareForm(LedgerForm):
    """Which scenarios stand side by side."""

    scenario = forms.MultipleChoiceField(
        label="Scenarios",
        help_text="Choose two or three. The contract as it stands is beside them.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose two or three scenarios",
            "invalid_choice": "Choose scenarios from the list",
        },
    )

    def __init__(self, *args: Any, choices: Collection[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scenario"].choices = list(choices)  # type: ignore[attr-defined]

    def clean_scenario(self) -> list[str]:
        """Two or three of them."""
        chosen: list[str] = self.cleaned_data["scenario"]
        if not 2 <= len(chosen) <= 3:
            raise ValidationError("Choose two or three scenarios")
        return chosen
