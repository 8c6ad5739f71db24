"""On whose behalf a log line is written: of which request, of which job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_job_id: ContextVar[int | None] = ContextVar("job_id", default=None)


def ids_now() -> dict[str, str | int]:
    """The numbers that log lines written here and now carry: `request_id`, `job_id`, where there are such."""
    known = {"request_id": _request_id.get(), "job_id": _job_id.get()}
    return {name: value for name, value in known.items() if value is not None}


@contextmanager
def on_behalf_of(*, request_id: str | None = None, job_id: int | None = None) -> Iterator[None]:
    """Inside, log lines carry the number."""
    request_before = _request_id.set(request_id if request_id is not None else _request_id.get())
    job_before = _job_id.set(job_id if job_id is not None else _job_id.get())
    try:
        yield
    finally:
        _request_id.reset(request_before)
        _job_id.reset(job_before)
