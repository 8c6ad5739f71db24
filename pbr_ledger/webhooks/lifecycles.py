"""The life of an endpoint and of a delivery, each as one table."""

from pbr_ledger.lifecycle import Lifecycle

UNVERIFIED = "unverified"
ACTIVE = "active"
DISABLED = "disabled"
CLOSED = "closed"

ENDPOINT = Lifecycle(
    "endpoint",
    {
        (UNVERIFIED, "verify"): ACTIVE,
        (UNVERIFIED, "move"): UNVERIFIED,
        (ACTIVE, "move"): UNVERIFIED,
        (DISABLED, "move"): UNVERIFIED,
        (ACTIVE, "disable"): DISABLED,
        (DISABLED, "enable"): ACTIVE,
        (UNVERIFIED, "close"): CLOSED,
        (ACTIVE, "close"): CLOSED,
        (DISABLED, "close"): CLOSED,
    },
)
"""One that moves to another address has to answer a challenge there before anything else is sent to it."""

WAITING = "waiting"
DELIVERED = "delivered"
GIVEN_UP = "given_up"

DELIVERY = Lifecycle(
    "delivery",
    {
        (WAITING, "deliver"): DELIVERED,
        (WAITING, "give up"): GIVEN_UP,
        (WAITING, "send again"): WAITING,
        (DELIVERED, "send again"): WAITING,
        (GIVEN_UP, "send again"): WAITING,
    },
)
