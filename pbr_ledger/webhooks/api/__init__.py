"""The API of webhooks: endpoints and their secrets, and what was delivered to them."""

from pbr_ledger.webhooks.api import problems

__all__ = ["problems"]
