"""How long certificates and secrets are still good, as figures: nothing here ends one, it says when it is time."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

from pbr_ledger.observability.figures import Figure


def secret_figures() -> Iterator[Figure]:
    """Seconds until the web server's certificate ends, and until each secret that is a file has its greatest age.

    A file's time says when it was last written. One that is empty is no secret.
    """
    if settings.WEB_CERTIFICATE:
        ends = _certificate_ends(Path(settings.WEB_CERTIFICATE))
        yield Figure("ledger_certificate_seconds_left", "Until the certificate ends.", ends - time.time())
    lasts = timedelta(days=settings.SECRETS_LAST_DAYS).total_seconds()
    for name, path in settings.SECRET_FILES.items():
        found = path.stat()
        if found.st_size:
            left = found.st_mtime + lasts - time.time()
            yield Figure("ledger_secret_seconds_left", "Until the secret is too old.", left, {"secret": name})


def _certificate_ends(path: Path) -> float:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
