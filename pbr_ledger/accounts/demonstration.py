"""The demonstration's accounts, so that the sign-in page can list them. Nowhere but in the demonstration."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Somebody as whom anybody may try the ledger."""

    name: str
    role: str
    organisation: str
    email: str
    password: str


def demonstration_accounts() -> tuple[DemonstrationAccount, ...]:
    """The accounts that the demonstration made; none unless it is running."""
    if not settings.DEMO:
        return ()
    path = Path(settings.VAR_DIR) / "demo" / "accounts.json"
    if not path.is_file():
        return ()
    return tuple(DemonstrationAccount(**account) for account in json.loads(path.read_text(encoding="utf-8")))
