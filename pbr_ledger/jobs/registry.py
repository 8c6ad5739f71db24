"""Which kinds of job there are. Rooms register theirs when Django starts; jobs itself knows no room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pbr_ledger.errors import LedgerError

if TYPE_CHECKING:
    from pbr_ledger.jobs.models import Job


DOCUMENTS, MAIL, WEBHOOKS, UPKEEP = "documents", "mail", "webhooks", "upkeep"
QUEUES = (DOCUMENTS, MAIL, WEBHOOKS, UPKEEP)
"""Workers are started for some of these each, so that a thousand documents delay no mail, and a recipient that does not
answer delays no document."""


class UnknownJobKind(LedgerError):
    """No room has registered a kind of job of this name."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """How one kind of job is done.

    `work` runs outside any transaction, may take long, and changes nothing: it may run twice. `store` gets its
    output inside the transaction that marks the job done, so that it happens exactly once; it returns the SHA-256
    of what was stored, or an empty text. A lease is lengthened while the work goes on: `lease_seconds` only says how
    soon another worker may take over after one was killed. `title` is what people read on a page.
    """

    name: str
    work: Callable[["Job"], Any]
    store: Callable[["Job", Any], str]
    queue: str = DOCUMENTS
    lease_seconds: int = 60
    title: str = ""


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Make the kind known to this process; call it from `AppConfig.ready`.

    Raises `ValueError` for a taken name, and for a queue that no worker would empty.
    """
    if kind.queue not in QUEUES:
        raise ValueError(f"{kind.name}: there is no queue “{kind.queue}”, only {', '.join(QUEUES)}.")
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"There is already a kind of job named “{kind.name}”.")


def kind_named(name: str) -> JobKind:
    """The kind of that name. Raises `UnknownJobKind`."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJobKind(f"There is no kind of job named “{name}”.") from None


def title_of(name: str) -> str:
    """What people read of that kind; its name where there is no title, or no longer such a kind."""
    kind = _kinds.get(name)
    return (kind.title if kind else "") or name


def kinds_known() -> list[str]:
    """The names of all kinds."""
    return list(_kinds)


def kinds_in(queue: str) -> list[str]:
    """The names of the kinds whose jobs go through that queue."""
    return [kind.name for kind in _kinds.values() if kind.queue == queue]
