"""The contract as the ledger reads it: docs/contract.md as a page, of whose form it knows as much as that text uses.

Headings, paragraphs with an anchor for their number, lists, tables, sums set off by four spaces, and within a line
bold, italic, code and links to other places of the same text. Other links become plain words: only this text is served.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

_ANCHOR = re.compile(r'<a id="([0-9.]+)"></a>')
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\[(?P<text>[^\]]+)\]\((?P<address>[^)\s]+)\)"
    r"|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*]+)\*",
    re.DOTALL,
)
_OPENING = re.compile(r'(?<![^\s(\[—–/])"(?=\S)')
_BULLET = re.compile(r"- ")
_NUMBERED = re.compile(r"[0-9]+\. ")
_RULE = re.compile(r"\|(?:-+\|)+")


@dataclass(frozen=True, slots=True)
class ContractText:
    """The text as a page: its title, its body as HTML, and the numbers of its paragraphs in order."""

    title: str
    body: SafeString
    clauses: tuple[str, ...]


@cache
def contract_text() -> ContractText:
    """The text, read once in a process: it ships with the code."""
    return as_page((settings.BASE_DIR / "docs" / "contract.md").read_text(encoding="utf-8"))


def as_page(markdown: str) -> ContractText:
    """The page of a text in the form described above."""
    title, body = "", []
    tables = 0
    for block in _blocks(markdown):
        if block[0].startswith("# "):
            title = block[0][2:]
            continue
        tables += block[0].startswith("|")
        body.append(_block(block, tables))
    # Everything in it was escaped, or made here.
    return ContractText(title, mark_safe("\n".join(body)), tuple(_ANCHOR.findall(markdown)))  # noqa: S308


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Lines that belong together: what stands between empty lines."""
    block: list[str] = []
    for line in (*markdown.splitlines(), ""):
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


def _block(lines: Sequence[str], tables: int) -> str:
    first = lines[0]
    if first.startswith("## "):
        heading = first[3:]
        return f'<h2 class="govuk-heading-m" id="{_slug(heading)}">{_inline(heading)}</h2>'
    if first.startswith("    "):
        return f'<pre class="ledger-sum-set">{escape(chr(10).join(line[4:] for line in lines))}</pre>'
    if first.startswith("|"):
        return _table(lines, tables)
    if _BULLET.match(first):
        return _list("ul", "bullet", _items(lines, _BULLET))
    if _NUMBERED.match(first):
        return _list("ol", "number", _items(lines, _NUMBERED))
    return _paragraph("\n".join(lines))


def _paragraph(text: str) -> str:
    anchor = _ANCHOR.match(text)
    place = f' id="{anchor[1]}"' if anchor else ""
    return f'<p class="govuk-body"{place}>{_inline(text[anchor.end() :] if anchor else text)}</p>'


def _items(lines: Sequence[str], mark: re.Pattern[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        found = mark.match(line)
        if found:
            items.append(line[found.end() :])
        else:
            items[-1] += f"\n{line.strip()}"
    return items


def _list(tag: str, kind: str, items: Sequence[str]) -> str:
    rows = "".join(f"<li>{_inline(item)}</li>" for item in items)
    return f'<{tag} class="govuk-list govuk-list--{kind}">{rows}</{tag}>'


def _table(lines: Sequence[str], number: int) -> str:
    kept = (line.strip().strip("|").split("|") for line in lines if not _RULE.fullmatch(line))
    rows = [[cell.strip() for cell in cells] for cells in kept]
    head = "".join(f'<th scope="col" class="govuk-table__header">{_inline(cell)}</th>' for cell in rows[0])
    body = "".join(f'<tr class="govuk-table__row">{"".join(map(_cell, row))}</tr>' for row in rows[1:])
    return (
        f'<div class="ledger-wide" role="region" aria-label="Table {number}" tabindex="0">'
        f'<table class="govuk-table ledger-table ledger-table--dense"><thead class="govuk-table__head">'
        f'<tr class="govuk-table__row">{head}</tr></thead><tbody class="govuk-table__body">{body}</tbody></table></div>'
    )


def _cell(text: str) -> str:
    return f'<td class="govuk-table__cell">{_inline(text)}</td>'


def _slug(heading: str) -> str:
    """The anchor of a heading, as its links name it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _inline(text: str) -> str:
    made, end = [], 0
    for found in _INLINE.finditer(text):
        made.append(_plain(text[end : found.start()]))
        made.append(_marked(found))
        end = found.end()
    return "".join((*made, _plain(text[end:])))


def _plain(text: str) -> str:
    """Words without marks, with the apostrophes and quotation marks of print."""
    quoted = _OPENING.sub("“", text).replace('"', "”")
    return escape(quoted.replace("'", "’"))


def _marked(found: re.Match[str]) -> str:
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["bold"]:
        return f"<strong>{_inline(found['bold'])}</strong>"
    if found["italic"]:
        return f"<em>{_inline(found['italic'])}</em>"
    if found["address"].startswith("#"):
        return f'<a class="govuk-link" href="{escape(found["address"])}">{_inline(found["text"])}</a>'
    return _inline(found["text"])
