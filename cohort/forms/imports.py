"""A file of facts, chosen in a form: read whole once its size is within bounds."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from cohort.services.evidence import Upload
from pbr_ledger.forms import LedgerForm
from pbr_ledger.uploads import LARGEST_FILE
from pbr_ledger.uploads.sheets import AS_THE_FILE_SAYS, WINDOWS

ENCODING_CHOICES = (
    (AS_THE_FILE_SAYS, "As the file says, or UTF-8"),
    (WINDOWS, "Windows-1252: “CSV (Comma delimited)” of an older Excel"),
)


class FileInput(forms.ClearableFileInput):
    """An input for one file, without a box that clears it."""

    template_name = "django/forms/widgets/input.html"


class ChosenFileField(forms.FileField):
    """One file, as an `Upload`."""

    widget = FileInput

    def __init__(self, **kwargs: Any) -> None:
        missing = "Choose a workbook (XLSX) or a CSV file"
        errors = {"required": missing, "empty": "The file is empty", "invalid": missing}
        super().__init__(error_messages=errors, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Upload:
        """The file with its bytes; one that is too large is refused unread."""
        file: Any = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            raise ValidationError(self.error_messages["required"], "required")
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(f"“{file.name}” is larger than 10 MB", "too_large")
        return Upload(file.name or "file", file.read())


class ImportForm(LedgerForm):
    """The file to import, and how its text is encoded."""

    file = ChosenFileField(
        label="Workbook or CSV file",
        help_text="XLSX with the sheets of the template, or one of them as CSV; at most 10 MB.",
    )
    encoding = forms.ChoiceField(
        label="How is the text of a CSV file encoded?",
        help_text="A workbook does not need this.",
        choices=ENCODING_CHOICES,
        initial=AS_THE_FILE_SAYS,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose how the text is encoded"},
    )
    places: ClassVar = {"file": "file"}

    def clean_encoding(self) -> str:
        """Said, or else as the file says."""
        return str(self.cleaned_data["encoding"] or AS_THE_FILE_SAYS)
