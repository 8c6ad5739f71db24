"""What recording facts would do to months that are closed: said before somebody records them.

The room that works out savings registers how it is said, in `AppConfig.ready`; rooms before it ask here.
"""

from collections.abc import Callable, Sequence
from typing import Any

Reader = Callable[[Any, Sequence[Any]], str]
"""Takes the contract and the facts that would be recorded; gives what that does, in whole sentences, or nothing."""

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make the reader known to this process; call it from `AppConfig.ready`."""
    if reader not in _readers:
        _readers.append(reader)


def effect_words(contract: Any, facts: Sequence[Any]) -> str:
    """What recording the facts would do to closed months and to the next statement, in words; nothing is written."""
    return " ".join(filter(None, (reader(contract, facts) for reader in _readers)))
