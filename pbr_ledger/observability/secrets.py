"""How long certificates and secrets are still good, as figures: nothing here ends one, it says when it is time."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

from pbr_ledger.observability.figures import Figure

logger = logging.getLogger(__name__)


def secret_figures() -> Iterator[Figure]:
    """Seconds until the certificates end that are named, and until each secret that is a file has its greatest age.

    A certificate that cannot be read has none left. A secret's file says by its time when it was last written. One that
    is empty is no secret; one that systemd hands over is a copy, no older than the process, and says nothing.
    """
    for name, path in (("web", settings.WEB_CERTIFICATE), ("authority", settings.TLS_AUTHORITY)):
        if path:
            left = _left_of_certificate(Path(path))
            yield Figure("ledger_certificate_seconds_left", "Until the certificate ends.", left, {"certificate": name})
    for name, file in settings.SECRET_FILES.items():
        if not _is_a_copy(file) and (left_of := _left_of_secret(file)) is not None:
            yield Figure("ledger_secret_seconds_left", "Until the secret is too old.", left_of, {"secret": name})


def _is_a_copy(path: Path) -> bool:
    copies = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(copies) and path.is_relative_to(copies)


def _left_of_certificate(path: Path) -> float:
    """Seconds until the first of the file's certificates ends; 0 where there is none to be read."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        logger.warning("The certificate %s cannot be read: %s", path, type(error).__name__)
        return 0.0
    return min(each.not_valid_after_utc.timestamp() for each in found) - time.time()


def _left_of_secret(path: Path) -> float | None:
    """Seconds until the file is too old; None where it is empty, or gone since the process has read it."""
    try:
        found = path.stat()
    except OSError as error:
        logger.warning("The secret %s cannot be looked at: %s", path, type(error).__name__)
        return None
    lasts = timedelta(days=settings.SECRETS_LAST_DAYS).total_seconds()
    return found.st_mtime + lasts - time.time() if found.st_size else None
