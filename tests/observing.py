"""What the logs say, read as a machine reads them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pbr_ledger.observability.logs import NoPersonalData, OneLine


class SecurityLog:
    """The lines of the security log, as JSON and as they were written."""

    def __init__(self) -> None:
        self._stream = io.StringIO()

    @property
    def stream(self) -> io.StringIO:
        """Where they are written."""
        return self._stream

    @property
    def text(self) -> str:
        """All of it."""
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each line's fields."""
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines if line["message"] == event]


@contextmanager
def listening() -> Iterator[SecurityLog]:
    """The security log from here on, written as with LOG_FORMAT=json."""
    found = SecurityLog()
    handler = logging.StreamHandler(found.stream)
    handler.setFormatter(OneLine())
    handler.addFilter(NoPersonalData())
    logger = logging.getLogger("pbr_ledger.security")
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)
