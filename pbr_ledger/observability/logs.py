"""Log lines that can be read by a machine and hold no personal data.

What libraries say is made of their words and of what they were handed, and that can be anything: an address that
somebody typed, a row that the database refused, with a child's reference in it. So of a line's parts only numbers and
the names of errors are kept, and of a traceback only where it went through, never what an error said. The job's row
holds that, where only an administrator of the database reads it.

Django's settings import this module, so it imports nothing of Django.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from pbr_ledger.observability.context import ids_now

OWN = ("pbr_ledger", "cohort", "savings", "invoicing")
LEFT_OUT = "…"
QUOTED = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”|\S+://\S+|\S+@\S+""")
"""What a library has put into its words itself: what it quotes, addresses."""
LONGEST_STACK = 40
TIDINGS = "tidings"
"""The attribute of a log record under which our own lines hand over fields of theirs: `extra={TIDINGS: {…}}`."""


class NoPersonalData(logging.Filter):
    """Leaves in a line the words of whoever wrote it, numbers, and names of errors; says of an error only where it was.

    Our own packages hand over texts too: what they may hand over is held to by a test.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line is changed, not dropped."""
        if getattr(record, "is_cleaned", False):
            return True
        trusted = record.name.startswith(OWN)
        record.is_cleaned = True
        record.msg = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        record.msg = record.msg if trusted else QUOTED.sub(LEFT_OUT, record.msg)
        record.args = _kept_args(record.args, trusted=trusted)
        if record.exc_info:
            record.exc_text = account_of(record.exc_info)
            record.exc_info = None
        record.stack_info = None
        for name in ("request", "response", "data", "sender"):  # Django's and Celery's extras
            record.__dict__.pop(name, None)
        return True


def account_of(exc_info: Any) -> str:
    """The name of the error, and through which lines of which files it came; not what it said."""
    kind, _, steps = exc_info if isinstance(exc_info, tuple) else (None, None, None)
    return "\n".join([kind.__name__ if kind else "error", *_steps(steps)])


def _steps(steps: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(steps)[-LONGEST_STACK:]
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def _kept_args(args: Any, *, trusted: bool) -> Any:
    if isinstance(args, Mapping):
        return {name: _kept(value, trusted=trusted) for name, value in args.items()}
    return tuple(_kept(value, trusted=trusted) for value in args) if args else args


def _kept(value: object, *, trusted: bool) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    return value if trusted and isinstance(value, str) else LEFT_OUT


class OneLine(JsonFormatter):
    """A line as one JSON object: when, how grave, who says what, on whose behalf."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, _: dict[str, Any]) -> None:
        """The fields, in this order, and no other."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.getMessage()
        log_data.update(ids_now(), **getattr(record, TIDINGS, {}))
        if record.exc_text:
            log_data["error"] = record.exc_text


class ForPeople(logging.Formatter):
    """A line as text, for a terminal."""

    default_time_format = "%Y-%m-%d %H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the fields behind it."""
        fields = {**ids_now(), **getattr(record, TIDINGS, {})}
        return super().format(record) + "".join(f"  {name}={value}" for name, value in fields.items())


def logging_settings(log_format: str) -> dict[str, Any]:
    """Django's LOGGING: every line of every library goes to standard error, one way."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_personal_data": {"()": NoPersonalData}},
        "formatters": {
            "json": {"()": OneLine},
            "text": {"()": ForPeople, "format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        },
        "handlers": {
            "standard_error": {
                "class": "logging.StreamHandler",
                "formatter": log_format,
                "filters": ["no_personal_data"],
            }
        },
        "root": {"handlers": ["standard_error"], "level": "INFO"},
        "loggers": {
            # Django adds handlers of its own to these; the root's is enough.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # The request's own line says this already.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            # Nor Celery what the job's own line says better.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }
