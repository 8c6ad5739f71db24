"""The problems of webhooks."""

from pbr_ledger.clients.api.problems import add_problem, meaning
from pbr_ledger.webhooks.services import AlreadyRegistered, NotOpen

ALREADY_REGISTERED = add_problem(
    "endpoint-registered", 409, "There is an endpoint at this address", "Change that one, or close it first."
)
NOT_OPEN = add_problem(
    "endpoint-not-open",
    409,
    "Nothing is sent to the endpoint as it stands",
    "Read its `state`: verify or enable it.",
)
meaning(ALREADY_REGISTERED, AlreadyRegistered)
meaning(NOT_OPEN, NotOpen)
