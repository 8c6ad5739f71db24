"""LibreOffice without a window, working every formula of a workbook out again, and what stands in the cells then."""

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import load_workbook

FORMAT = "xlsx:Calc MS Excel 2007 XML"
ALWAYS, NEVER = 0, 1
"""What LibreOffice does with formulas of an .xlsx that it opens: work them out, or show the values kept beside them."""
WRONG = "123456.78"

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>{mode}</value></prop></item>
</oor:items>
"""
_FORMULA_CELL = re.compile(r'<c r="([A-Z0-9]+)"( s="\d+")?( t="[a-z]+")?><f>(.*?)</f><v>[^<]*</v></c>')

Cells = dict[tuple[str, str], Any]
"""Values by sheet and cell."""


def spoilt(workbook: bytes) -> bytes:
    """The workbook with a wrong value kept beside every formula: only a real recalculation gives the right one."""
    return _rewritten(workbook, lambda text: _FORMULA_CELL.sub(rf'<c r="\1"\2><f>\4</f><v>{WRONG}</v></c>', text))


def with_value(workbook: bytes, *, sheet: str, cell: str, value: str) -> bytes:
    """The workbook with another number in one cell that held a number: changed by hand, as it were."""
    part = f"xl/worksheets/sheet{load_workbook(BytesIO(workbook)).sheetnames.index(sheet) + 1}.xml"
    pattern = re.compile(rf'(<c r="{cell}"(?: s="\d+")?><v>)[^<]*(</v></c>)')

    def change(text: str) -> str:
        changed, count = pattern.subn(rf"\g<1>{value}\g<2>", text)
        assert count == 1
        return changed

    return _rewritten(workbook, change, only=part)


def _rewritten(workbook: bytes, change: Any, *, only: str = "") -> bytes:
    rewritten = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == only or (not only and part.startswith("xl/worksheets/")):
                content = change(content.decode()).encode()
            new.writestr(part, content)
    return rewritten.getvalue()


def recalculated(workbooks: Mapping[str, bytes], folder: Path, *, mode: int = ALWAYS) -> dict[str, bytes]:
    """The workbooks as LibreOffice opens and saves them, all in one run, under the same names."""
    given, made = folder / "given", folder / "made"
    given.mkdir()
    for name, content in workbooks.items():
        (given / f"{name}.xlsx").write_bytes(content)
    profile = Path(_profile(mode).name)
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    run = subprocess.run(
        [*command, "--convert-to", FORMAT, "--outdir", str(made), *map(str, sorted(given.iterdir()))],
        capture_output=True,
        text=True,
        timeout=120 + 20 * len(workbooks),
        check=False,
        env={**os.environ, "HOME": str(profile), "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
    )
    assert run.returncode == 0, run.stderr
    return {name: (made / f"{name}.xlsx").read_bytes() for name in workbooks}


@cache
def _profile(mode: int) -> TemporaryDirectory[str]:
    """LibreOffice's settings: one folder for this process, since filling a new one takes it seconds."""
    folder = TemporaryDirectory(prefix="calc-")
    settings = Path(folder.name) / "user" / "registrymodifications.xcu"
    settings.parent.mkdir()
    settings.write_text(_SETTINGS.format(mode=mode))
    return folder


def values(workbook: bytes) -> Cells:
    """Every cell that has a value, as kept in the file: numbers to a millionth, text as it is."""
    book = load_workbook(BytesIO(workbook), data_only=True)
    return {
        (sheet.title, cell.coordinate): round(cell.value, 6) if isinstance(cell.value, float) else cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def formulas(workbook: bytes) -> dict[tuple[str, str], str]:
    """Every formula, by sheet and cell."""
    return {(sheet, cell): text for sheet, cell, text in _formulas(workbook)}


def _formulas(workbook: bytes) -> Iterator[tuple[str, str, str]]:
    for sheet in load_workbook(BytesIO(workbook)):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, cell.value


def named(workbook: bytes, name: str) -> tuple[str, str]:
    """The sheet and cell to which a name of the workbook points."""
    with zipfile.ZipFile(BytesIO(workbook)) as parts:
        listed = parts.read("xl/workbook.xml").decode()
    place = re.search(rf'<definedName [^>]*name="{name}"[^>]*>([^<]*)</definedName>', listed)
    assert place, f"There is no name {name}."
    sheet, cell = place[1].split("!")
    return sheet.strip("'"), cell.replace("$", "")
