"""What is held about one child as a file to hand out: a ZIP of readable JSON and CSV with an index in words."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbr_ledger.listing import csv_of
from pbr_ledger.words import count_shown

INDEX = "index.txt"
FIXED = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same content is the same file."""
ZIP = "application/zip"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that is held: the name of its files, what it is in words, and its rows."""

    name: str
    words: str
    rows: Sequence[Row]


def zip_of(*, heading: str, notes: Sequence[str], parts: Sequence[Part], files: Mapping[str, bytes]) -> bytes:
    """The ZIP: each part as JSON and as CSV, the files of evidence below `evidence/`, and the index."""
    entries: dict[str, bytes] = {INDEX: index_of(heading, notes, parts, files).encode()}
    for part in parts:
        text = json.dumps([dict(row) for row in part.rows], ensure_ascii=False, indent=2)
        headings = list(dict.fromkeys(name for row in part.rows for name in row))
        entries[f"{part.name}.json"] = f"{text}\n".encode()
        entries[f"{part.name}.csv"] = csv_of(headings, [[row.get(name, "") for name in headings] for row in part.rows])
    entries |= {f"evidence/{name}": content for name, content in files.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def index_of(heading: str, notes: Sequence[str], parts: Sequence[Part], files: Mapping[str, bytes]) -> str:
    """What is in the file, for whoever reads it first."""
    lines = [heading, "=" * len(heading), "", *(f"{note}\n" for note in notes), "What is in this file:", ""]
    lines += [
        f"- {part.name}.json and {part.name}.csv: {part.words} ({count_shown(len(part.rows), 'row')})" for part in parts
    ]
    lines.append(f"- evidence/: {count_shown(len(files), 'file')}, as they were attached")
    return "\n".join(lines) + "\n"
