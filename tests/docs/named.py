"""What documents name: tests by their node id, headings by their link."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.docs.test_clauses import ROOT, anchors

NODE = re.compile(r"tests/[\w/]+\.py::test_\w+")


@cache
def tests_of(path: str) -> frozenset[str]:
    """The names of the tests in this file, read and not run; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    steps = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    functions = (step.name for step in steps if isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in functions if name.startswith("test_"))


def is_test(node: str) -> bool:
    """Whether there is a test of this node id."""
    path, _, name = node.partition("::")
    return name in tests_of(path)


@cache
def headings_of(path: Path) -> frozenset[str]:
    """What a link can name in the document."""
    return frozenset(anchors(path.read_text(encoding="utf-8")))


def is_heading(link: str) -> bool:
    """Whether the link, such as `docs/operations.md#watch`, names a heading that is there."""
    path, _, anchor = link.partition("#")
    return (ROOT / path).is_file() and anchor in headings_of(ROOT / path)
