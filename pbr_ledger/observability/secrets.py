"""How long certificates and secrets are still good, as figures: nothing here ends one, it says when it is time."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

from pbr_ledger.observability.figures import Figure


def secret_figures() -> Iterator[Figure]:
    """Seconds until the web server's certificate ends, and until each secret that is a file has its greatest age.

    A file's time says when it was last written. One that is empty is no secret; one that systemd hands over is a copy,
    no older than the process, and says nothing.
    """
    if settings.WEB_CERTIFICATE:
        ends = _certificate_ends(Path(settings.WEB_CERTIFICATE))
        yield Figure("ledger_certificate_seconds_left", "Until the certificate ends.", ends - time.time())
    lasts = timedelta(days=settings.SECRETS_LAST_DAYS).total_seconds()
    for name, path in settings.SECRET_FILES.items():
        found = path.stat()
        if found.st_size and not _is_a_copy(path):
            left = found.st_mtime + lasts - time.time()
            yield Figure("ledger_secret_seconds_left", "Until the secret is too old.", left, {"secret": name})


def _is_a_copy(path: Path) -> bool:
    copies = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(copies) and path.is_relative_to(copies)


def _certificate_ends(path: Path) -> float:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
