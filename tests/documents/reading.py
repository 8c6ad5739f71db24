"""The text that a PDF prints, read back through each font's own table of characters."""

import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf

_PAIRS = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")


def printed_text(made: bytes) -> str:
    """All text in the order of printing, without white space, which is laid out and not written."""
    with pikepdf.open(BytesIO(made)) as pdf:
        return "".join("".join(piece for page in pdf.pages for piece in _pieces(page)).split())


def prints(made: bytes, sentence: str) -> bool:
    """Whether the sentence is printed, however its lines are broken."""
    return "".join(sentence.split()) in printed_text(made)


def _pieces(page: pikepdf.Page) -> Iterator[str]:
    tables = {name: _characters(font) for name, font in page.resources.Font.items()}
    table: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(page, operators="Tf TJ"):
        operand = instruction.operands[0]
        if str(instruction.operator) == "Tf":
            table = tables[str(operand)]
        else:
            yield "".join(_read(bytes(part), table) for part in operand if isinstance(part, pikepdf.String))


def _read(codes: bytes, table: dict[bytes, str]) -> str:
    return "".join(table.get(codes[at : at + 2], "") for at in range(0, len(codes), 2))


def _characters(font: pikepdf.Object) -> dict[bytes, str]:
    pairs = _PAIRS.findall(font.ToUnicode.read_bytes())
    return {bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
