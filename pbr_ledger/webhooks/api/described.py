"""The section `webhooks` of the schema: every message that an endpoint may get, with an example."""

from typing import Any

from pbr_ledger.accounts.roles import ORGANISATION_KINDS
from pbr_ledger.webhooks.events import TEST, VERIFICATION, EventKind, every_kind

HEADERS = (
    ("webhook-id", "The same for the same message, however often it is sent: take each once."),
    ("webhook-timestamp", "When it was sent, in Unix time: refuse what is more than five minutes away."),
    ("webhook-signature", "`v1,` and a signature, once for each valid secret, with a space between."),
)
EXAMPLE_AT = "2026-06-09T09:00:00.000001Z"
EVERYBODY = frozenset(ORGANISATION_KINDS)
OWN = (
    EventKind(
        VERIFICATION,
        "A challenge: answer 200 with `challenge` as JSON. Until then nothing else is sent",
        EVERYBODY,
        (("challenge", "NJZX-8Lk3pW2vTq0Yd5rB1cS7uHfM9aE"),),
    ),
    EventKind(TEST, "A test that somebody asked for. It tells of nothing", EVERYBODY, (("endpoint", "end_4"),)),
)


def add_webhooks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The schema with every kind of message."""
    result["webhooks"] = {each.name: {"post": _operation(each)} for each in (*every_kind(), *OWN)}
    return result


def _operation(kind: EventKind) -> dict[str, Any]:
    yes: dict[str, Any] = {"description": "Taken. Any other answer, and none within 15 seconds, is tried again."}
    if kind.name == VERIFICATION:
        said = {"type": "object", "properties": {"challenge": {"type": "string"}}, "required": ["challenge"]}
        yes = {"description": "Verified.", "content": {"application/json": {"schema": said}}}
    return {
        "operationId": f"on_{kind.name.replace('.', '_')}",
        "description": f"{kind.description}.",
        "tags": ["Webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in HEADERS
        ],
        "requestBody": {"required": True, "content": {"application/json": _content(kind)}},
        "responses": {"200": yes} if kind.name == VERIFICATION else {"2XX": yes, "410": {"description": GONE}},
    }


GONE = "Gone: the endpoint is disabled at once."


def _content(kind: EventKind) -> dict[str, Any]:
    data = {name: {"type": "string", "examples": [example]} for name, example in kind.data}
    schema = {
        "type": "object",
        "properties": {
            "type": {"const": kind.name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "properties": data, "required": list(data)},
        },
        "required": ["type", "timestamp", "data"],
    }
    return {"schema": schema, "example": {"type": kind.name, "timestamp": EXAMPLE_AT, "data": dict(kind.data)}}
