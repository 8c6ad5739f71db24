"""What `manage.py check --deploy` refuses."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def webhooks_stay_outside(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's
    """Webhooks to this machine itself are for development and tests."""
    if not settings.WEBHOOKS_LOOPBACK:
        return []
    return [
        Error(
            "WEBHOOKS_LOOPBACK lets webhooks reach this machine itself.",
            hint="Take it away: it is for development and tests alone.",
            id="webhooks.E001",
        )
    ]
