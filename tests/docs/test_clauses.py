"""What code and documents cite is there to be read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "docs" / "contract.md"
SKIPPED_FOLDERS = {"node_modules", "staticfiles", "var", "__pycache__"}

_PARAGRAPH = re.compile(r'^<a id="([0-9]+\.[0-9]+)"></a>\*\*([0-9]+\.[0-9]+) ', re.MULTILINE)
_CHAPTER = re.compile(r"^## ([0-9]+) ", re.MULTILINE)
_NUMBERS = r"[0-9]+(?:\.[0-9]+)?(?:(?:,\s+|\s+and\s+|\s+to\s+)[0-9]+(?:\.[0-9]+)?)*"
_CITATION = re.compile(rf"docs/contract\.md[\s#\"'“]+({_NUMBERS})")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_ANCHOR = re.compile(r'<a id="([^"]+)"')


def _files(*endings: str) -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(part.startswith(".") or part in SKIPPED_FOLDERS for part in parts):
            continue
        if path.suffix in endings and path.is_file():
            yield path


def _documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(path for path in _files(".md") if path.is_relative_to(ROOT / "docs"))])


def clauses(contract: str) -> set[str]:
    """Every chapter and paragraph number of the contract's text."""
    return {number for _, number in _PARAGRAPH.findall(contract)} | set(_CHAPTER.findall(contract))


def cited(text: str) -> set[str]:
    """The chapters and paragraphs of docs/contract.md that a text cites."""
    return {number for run in _CITATION.findall(text) for number in _NUMBER.findall(run)}


def anchors(markdown: str) -> set[str]:
    """What a link into this document can name: anchors set by hand, and those of headings."""
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(markdown))
    return {*slugs, *_ANCHOR.findall(markdown)}


def test_contract_has_every_paragraph_in_order() -> None:
    paragraphs = {
        1: 5, 2: 7, 3: 2, 4: 5, 5: 4, 6: 4, 7: 4, 8: 3, 9: 1, 10: 1, 11: 4, 12: 1, 13: 4,
    }  # fmt: skip
    expected = [f"{chapter}.{number}" for chapter, count in paragraphs.items() for number in range(1, count + 1)]
    found = _PARAGRAPH.findall(CONTRACT.read_text(encoding="utf-8"))
    assert [number for _, number in found] == expected
    assert [anchor for anchor, _ in found] == expected


def test_citation_is_read_as_it_is_written() -> None:
    assert cited("the one rounding (docs/contract.md 1.5).") == {"1.5"}
    assert cited("one version (docs/contract.md 3.2, 4.1, 7.3,\n11.1).") == {"3.2", "4.1", "7.3", "11.1"}
    assert cited("values (docs/contract.md 1 and 2)") == {"1", "2"}
    assert cited("see docs/contract.md#4.2") == {"4.2"}
    assert cited("the rule book is docs/contract.md, of course") == set()


def test_every_clause_cited_by_code_and_templates_exists() -> None:
    known = clauses(CONTRACT.read_text(encoding="utf-8"))
    assert "4.2" in known
    assert "14.1" not in known
    unknown = {
        f"{path.relative_to(ROOT)}: {number}"
        for path in _files(".py", ".html", ".txt", ".sql")
        if path != Path(__file__)
        for number in cited(path.read_text(encoding="utf-8")) - known
    }
    assert unknown == set()


def _resolves(link: str, *, document: Path) -> bool:
    name, _, anchor = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text(encoding="utf-8"))


def test_link_to_a_missing_paragraph_does_not_resolve() -> None:
    assert _resolves("contract.md#4.2", document=CONTRACT)
    assert not _resolves("contract.md#4.9", document=CONTRACT)
    assert not _resolves("contracts.md", document=CONTRACT)


@pytest.mark.parametrize("document", _documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_resolves(document: Path) -> None:
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    links = [match[1] or match[2] for match in _LINK.finditer(text)]
    relative = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in relative if not _resolves(link, document=document)] == []
