"""Files chosen in a form: read only once their number and size are within bounds."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from cohort.models.evidence import Evidence
from cohort.services.evidence import MOST_FILES, Upload
from pbr_ledger.forms import LedgerForm
from pbr_ledger.uploads import LARGEST_FILE

NO_NAMES = "Do not name a child or a carer."
WHAT_IS_TAKEN = (
    "PDF, PNG or JPEG, Word (DOCX), Excel (XLSX), plain text or CSV; at most 10 MB each and 20 files. "
    "Cover names of children and carers before you attach a file."
)


class FilesInput(forms.ClearableFileInput):
    """An input in which several files can be chosen."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class FilesField(forms.FileField):
    """Some files, as `Upload`s."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        errors = {"required": "Choose a file", "empty": "One of the files is empty"}
        super().__init__(error_messages={**errors, "invalid": "Choose the files again"}, **kwargs)

    def clean(self, data: Any, _initial: Any = None) -> list[Upload]:
        """The files with their bytes. Refuses too many and too large ones unread."""
        files = [file for file in data or [] if isinstance(file, UploadedFile)]
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], "required")
        if len(files) > MOST_FILES:
            raise ValidationError(f"Choose at most {MOST_FILES} files", "too_many")
        too_large = [file.name for file in files if (file.size or 0) > LARGEST_FILE]
        if too_large:
            raise ValidationError([f"“{name}” is larger than 10 MB" for name in too_large])
        return [Upload(file.name or "file", file.read()) for file in files]


class EvidenceForm(LedgerForm):
    """Files to attach to a fact."""

    evidence = FilesField(label="Files", help_text=WHAT_IS_TAKEN)
    places: ClassVar = {"files": "evidence"}


class WithdrawEvidenceForm(LedgerForm):
    """Why a file no longer counts."""

    reason = forms.CharField(
        label="Why do you withdraw it?",
        help_text=NO_NAMES,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you withdraw the file", "max_length": "Write at most 1,000 characters"},
    )

    def __init__(self, *args: Any, evidence: Evidence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence = evidence
