"""`python -m pbr_ledger.provision alive NAME`: whether a process that answers no requests goes about its work.

Health checks of containers run this every few seconds, so it loads neither Django nor Celery.
"""

import os
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

STALE_AFTER_SECONDS = 120
"""Four rounds of the dispatcher, eight of the scheduler, twelve of a worker."""


def is_alive(name: str, var: Path) -> bool:
    """Whether that process gave its sign of life within two minutes; of the web server, whether it is ready."""
    if name == "web":
        return _is_ready(os.environ.get("WEB_BIND") or "127.0.0.1:8000", os.environ.get("WEB_CERTIFICATE", ""))
    try:
        return time.time() - (var / "alive" / name).stat().st_mtime < STALE_AFTER_SECONDS
    except OSError:
        return False


def _is_ready(bind: str, certificate: str) -> bool:
    port = int(bind.rpartition(":")[2])
    try:
        connection = _over_tls(port, certificate) if certificate else HTTPConnection("127.0.0.1", port, timeout=4)
    except OSError:
        return False
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _over_tls(port: int, certificate: str) -> HTTPConnection:
    """To the web server that shows this very certificate, while it is valid. It is for a name; this is an address."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return HTTPSConnection("127.0.0.1", port, timeout=4, context=context)
