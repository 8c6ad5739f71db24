"""Suggested references: the next free one, in the form that those in use have. People may write others."""

import re
from collections import Counter
from collections.abc import Collection

from cohort.core.facts import RESIDENTIAL_SETTINGS

FIRST_CHILD = "C01"
_NUMBERED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
_LETTER_OF_EXTRA_COST = {"notice": "N", "retainer": "K", "support": "S"}


def child_suggested(taken: Collection[str]) -> str:
    """The next child's reference: `C22` after `C01` to `C21`, whichever were retracted (docs/contract.md 1.1)."""
    found = [match for match in map(_NUMBERED.fullmatch, taken) if match]
    if not found:
        return FIRST_CHILD
    ((prefix, _),) = Counter(match[1] for match in found).most_common(1)
    numbers = [match[2] for match in found if match[1] == prefix]
    return f"{prefix}{max(map(int, numbers)) + 1:0{max(map(len, numbers))}d}"


def placement_suggested(child: str, setting: str, taken: Collection[str]) -> str:
    """The next placement's reference: `C22-R0` for residential care, `C22-F0` for others (docs/contract.md 1.1)."""
    return _next_below(child, "R" if setting in RESIDENTIAL_SETTINGS else "F", taken)


def claim_suggested(child: str, taken: Collection[str]) -> str:
    """The next claim's reference: `C22-T0` (docs/contract.md 1.1)."""
    return _next_below(child, "T", taken)


def extra_cost_suggested(child: str, category: str, taken: Collection[str]) -> str:
    """The next extra cost's reference: `C22-N0` for notice, with K for a retainer and S for support (2.4)."""
    return _next_below(child, _LETTER_OF_EXTRA_COST.get(category, "X"), taken)


def _next_below(child: str, letter: str, taken: Collection[str]) -> str:
    number = 0
    while f"{child}-{letter}{number}" in taken:
        number += 1
    return f"{child}-{letter}{number}"
