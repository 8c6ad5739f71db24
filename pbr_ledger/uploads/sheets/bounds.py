"""How much is read of a file: more is refused before it costs time and memory."""

from dataclasses import dataclass

from pbr_ledger.uploads.refusals import UploadRefused


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most rows that hold anything in the whole file, columns of a sheet, and characters of a cell."""

    rows: int
    columns: int
    characters: int

    def require_rows(self, count: int) -> None:
        """Raise `UploadRefused` once there are more."""
        if count > self.rows:
            raise UploadRefused(f"has more than {self.rows:,} rows. Split it into several files.")

    def require_columns(self, count: int) -> None:
        """Raise `UploadRefused` for a cell too far to the right."""
        if count > self.columns:
            raise UploadRefused(f"has more than {self.columns} columns. Delete those that are not in the template.")

    def require_characters(self, text: str, row: int) -> None:
        """Raise `UploadRefused` for a cell with too long a text."""
        if len(text) > self.characters:
            raise UploadRefused(f"has a cell with more than {self.characters:,} characters, in row {row}.")
