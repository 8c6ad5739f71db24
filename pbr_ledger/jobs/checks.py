"""What `manage.py check --deploy` says of connections that leave this machine in clear."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name


@register(Tags.security, deploy=True)
def nothing_goes_in_clear(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's
    """PostgreSQL, Redis, mail and the virus scanner are reached over TLS, or on this machine."""
    hint = "See “TLS inside” in docs/operations.md."
    return [Warning(sentence, hint=hint, id="jobs.W001") for sentence in _in_clear()]


def _in_clear() -> Iterator[str]:
    databases = [*settings.DATABASES.values(), *filter(None, [settings.DATABASE_BACKUP])]
    for database in databases:
        if is_elsewhere(database["HOST"]) and database["OPTIONS"].get("sslmode") != "verify-full":
            yield f"{database['USER']} reaches PostgreSQL without looking at its certificate."
    broker = urlsplit(settings.BROKER_URL)
    if broker.scheme == "redis" and is_elsewhere(broker.hostname or ""):
        yield "BROKER_URL reaches Redis in clear."
    if is_elsewhere(settings.EMAIL_HOST) and not settings.EMAIL_USE_TLS:
        yield "EMAIL_TLS is false: mail goes to EMAIL_HOST in clear."
    if is_elsewhere(settings.CLAMD_HOST):
        yield "CLAMD_HOST gets files in clear, because clamd knows no TLS: use CLAMD_SOCKET."


def is_elsewhere(host: str) -> bool:
    """Whether the host is another machine than this one. A socket's folder is here, and so is nothing at all."""
    if not host or host.startswith("/") or host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True
