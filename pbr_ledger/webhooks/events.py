"""Which events there are. Rooms register theirs when Django starts; this app knows only what it sends itself."""

from collections.abc import Iterable
from dataclasses import dataclass

WEBHOOK = "webhook"
"""The kind of job that makes one attempt."""
VERIFICATION = "endpoint.verification"
TEST = "endpoint.test"
OWN_KINDS = (VERIFICATION, TEST)
"""What is sent to an endpoint whatever it wants: the challenge, and a test that somebody asked for."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """What happens then, in words, which kinds of organisation are told of it, and what the ids in `data` look like."""

    name: str
    description: str
    kinds: frozenset[str]
    data: tuple[tuple[str, str], ...]


_kinds: dict[str, EventKind] = {}


def register(kinds: Iterable[EventKind]) -> None:
    """Make the kinds known to this process; call it from `AppConfig.ready`."""
    _kinds.update({each.name: each for each in kinds})


def every_kind() -> list[EventKind]:
    """All of them, in the order in which they were registered."""
    return list(_kinds.values())


def kinds_for(organisation_kind: str) -> list[EventKind]:
    """Those of which such an organisation may be told."""
    return [each for each in _kinds.values() if organisation_kind in each.kinds]
