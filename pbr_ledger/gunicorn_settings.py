"""Gunicorn's settings, each with its reason: `gunicorn --config python:pbr_ledger.gunicorn_settings pbr_ledger.wsgi`.

Gunicorn reads this module by name before it starts its processes, and before Django's settings.
"""

import gc
import os
import shutil
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pbr_ledger.observability.logs import logging_settings

bind = os.environ.get("WEB_BIND") or "127.0.0.1:8000"

# TLS, where a certificate is named. Each connection reads both files again, so that a new certificate needs no restart.
certfile = os.environ.get("WEB_CERTIFICATE") or None
keyfile = os.environ.get("WEB_KEY") or None
if bool(certfile) != bool(keyfile):
    raise ValueError("Set WEB_CERTIFICATE and WEB_KEY, or neither.")

# A few processes for the cores, a few threads in each for those who wait for the database. Each thread may hold one
# connection to it: WEB_PROCESSES × WEB_THREADS has to stay below PostgreSQL's max_connections, over all web servers.
workers = int(os.environ.get("WEB_PROCESSES") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
worker_class = "gthread"

# A request that takes longer than this is lost; the longest lawful one, a broker that hangs, takes 2 s.
timeout = 30
graceful_timeout = 30
# The proxy keeps its connections open for longer than it leaves them idle.
keepalive = 75
# Memory that a library never gives back is given back with the process; not by all of them at once.
max_requests = 2000
max_requests_jitter = 500
# What somebody may send before Django looks at it.
limit_request_line = 4094
limit_request_fields = 60
# Signs of life between gunicorn's processes: in memory, since a slow disk would look like a dead process.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes private files there
# No control socket: whoever may signal the process may control it.
control_socket_disable = True

# The ledger writes a line for each request itself, without the address that somebody typed.
accesslog = None
_logging = logging_settings(os.environ.get("LOG_FORMAT") or "text")
logconfig_dict: dict[str, Any] = _logging | {
    "loggers": _logging["loggers"] | {"gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True}}
}

# The processes share their counts through files, which begin empty with each start.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="pbr-figures-"))


def ssl_context(_config: Any, made: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """TLS 1.2 or 1.3, whatever the machine's own settings would let through."""
    context = made()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def pre_fork(server: Any, worker: Any) -> None:
    """A place in the row that no living process has: whoever had it before leaves its counts to the next."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in range(1, len(taken) + 2) if place not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    """Known to the figures, which are loaded after this."""
    os.environ["PBR_WEB_PLACE"] = str(worker.place)


def post_worker_init(_worker: Any) -> None:
    """Everything is imported: a full garbage collection in the middle of a request need not look at it again."""
    gc.collect()
    gc.freeze()


def on_exit(_server: Any) -> None:
    """The counts end with the server."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
