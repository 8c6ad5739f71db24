"""Every change to endpoints, their secrets and what is delivered to them."""

from pbr_ledger.webhooks.services.delivering import Outcome, attempted, keep_attempt
from pbr_ledger.webhooks.services.endpoints import (
    change_endpoint,
    close_endpoint,
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
)
from pbr_ledger.webhooks.services.ground import (
    DISABLED_NOTICE,
    AlreadyRegistered,
    NewEndpoint,
    NotOpen,
)
from pbr_ledger.webhooks.services.secrets import end_earlier_secret, rotate_secret
from pbr_ledger.webhooks.services.sending import ask_for_verification, send_again, send_test

__all__ = [
    "DISABLED_NOTICE",
    "AlreadyRegistered",
    "NewEndpoint",
    "NotOpen",
    "Outcome",
    "ask_for_verification",
    "attempted",
    "change_endpoint",
    "close_endpoint",
    "create_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "end_earlier_secret",
    "keep_attempt",
    "rotate_secret",
    "send_again",
    "send_test",
]
