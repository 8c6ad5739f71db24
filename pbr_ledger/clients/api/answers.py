"""Answers that bind: the same one for the same request, by ETag, and in parts."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from psycopg.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pbr_ledger.clients.api.problems import (
    CHANGED_SINCE,
    IN_FLIGHT,
    KEY_MISSING,
    KEY_REUSED,
    MALFORMED,
    PRECONDITION,
    RANGE,
    ApiProblem,
)
from pbr_ledger.clients.api.views import client_of
from pbr_ledger.clients.models import KeptAnswer

PATIENCE = "10s"
"""How long a request waits for an earlier one with the same key before it is told to come back."""


_REUSED = "This Idempotency-Key was used for another request before."


def etag_of(said: Mapping[str, Any]) -> str:
    """The strong ETag of what is said of a row."""
    return f'"{hashlib.sha256(JSONRenderer().render(said)).hexdigest()[:32]}"'


def with_etag(request: Request, said: Mapping[str, Any]) -> Response:
    """What is said of a row with its ETag, or the word that it has not changed."""
    etag = etag_of(said)
    if _names(request.headers.get("If-None-Match", ""), etag):
        return Response(status=304, headers={"ETag": etag})
    return Response(said, headers={"ETag": etag})


def require_unchanged(request: Request, said: Mapping[str, Any]) -> None:
    """Raise a problem unless `If-Match` names what is said of the row now; ask it once the row is locked."""
    named = request.headers.get("If-Match")
    if not named:
        raise ApiProblem(PRECONDITION, "Send the ETag of what you read as If-Match.")
    if not _names(named, etag_of(said)):
        raise ApiProblem(CHANGED_SINCE, "It has changed since you read it.", headers={"ETag": etag_of(said)})


def answered_once(request: Request, act: Callable[[], Response]) -> Response:
    """What `act` answers, kept in the transaction of its change; the same request again gets the same answer.

    Requests are the same that come from the same client with the same `Idempotency-Key`. One at a time: others wait,
    and are told to come back when it takes too long. What was refused is not kept, and can be tried again.
    """
    client, key, digest = client_of(request), _key_of(request), _digest_of(request)
    with transaction.atomic():
        _wait_for_turn(f"{client.pk} {key}")
        kept = KeptAnswer.objects.filter(client=client, key=key).first()
        if kept is None:
            answer = act()
            headers = {name: answer.headers[name] for name in ("ETag", "Location") if name in answer.headers}
            body = JSONRenderer().render(answer.data).decode()
            KeptAnswer.objects.create(
                client=client, key=key, digest=digest, status=answer.status_code, headers=headers, body=body
            )
            return answer
    if kept.digest != digest:
        raise ApiProblem(KEY_REUSED, _REUSED)
    said = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(json.loads(kept.body), status=kept.status, headers=said)


def made_once(request: Request, make: Callable[[], int], say: Callable[[int], Response]) -> Response:
    """What `say` answers of the row that `make` made; the same request again, with the same key, makes no other.

    The `Idempotency-Key` may be left out. With it only the row's key is kept, never what it says: nothing about a
    child stands in the ledger a second time. So the same request again is told what the row says by then.
    """
    if "Idempotency-Key" not in request.headers:
        return say(make())
    client, key, digest = client_of(request), _key_of(request), _digest_of(request)
    with transaction.atomic():
        _wait_for_turn(f"{client.pk} {key}")
        kept = KeptAnswer.objects.filter(client=client, key=key).first()
        if kept is None:
            made = make()
            KeptAnswer.objects.create(client=client, key=key, digest=digest, status=201, body=str(made))
    if kept is None:
        return say(made)
    if kept.digest != digest:
        raise ApiProblem(KEY_REUSED, _REUSED)
    answer = say(int(kept.body))
    answer["Idempotency-Replayed"] = "true"
    return answer


def document(
    request: Request, *, content: bytes, media_type: str, sha256: str, name: str, in_parts: bool = True
) -> HttpResponseBase:
    """The bytes, whole or, `in_parts`, the one range that is asked for, with their digest (RFC 9530)."""
    headers = {
        "ETag": f'"{sha256}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
        "Accept-Ranges": "bytes" if in_parts else "none",
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
    }
    if _names(request.headers.get("If-None-Match", ""), headers["ETag"]):
        return HttpResponse(status=304, headers=headers)
    span = _span(request, len(content), headers["ETag"]) if in_parts else None
    if span is None:
        return HttpResponse(content, content_type=media_type, headers=headers)
    first, last = span
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return HttpResponse(content[first : last + 1], status=206, content_type=media_type, headers=headers)


def _span(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """The first and last byte of the one range asked for; None for all. Several ranges are answered with all."""
    asked = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("Range", ""), re.ASCII)
    if asked is None or asked.group() == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    begin, end = asked.groups()
    first = int(begin) if begin else max(0, size - int(end))
    last = min(int(end), size - 1) if begin and end else size - 1
    if begin and end and int(end) < int(begin):
        return None
    if first >= size:
        raise ApiProblem(RANGE, f"The document has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return first, last


def _names(header: str, etag: str) -> bool:
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return header.strip() == "*" or etag in named


def _key_of(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        raise ApiProblem(KEY_MISSING, "Send an Idempotency-Key of 1 to 255 visible characters without spaces.")
    return key


def _digest_of(request: Request) -> str:
    if not isinstance(request.data, dict):
        raise ApiProblem(MALFORMED, "The body has to be a JSON object.")
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"), default=_digest_of_file)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode("utf-8", "backslashreplace")).hexdigest()


def _digest_of_file(file: Any) -> list[str]:
    """A file of a form, by its name and its bytes, which can be read again after."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [file.name, digest.hexdigest()]


def _wait_for_turn(name: str) -> None:
    """Raise a problem unless nobody else works on what has this name; it is ours until the transaction ends."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        said = "A request with this Idempotency-Key is being worked on."
        raise ApiProblem(IN_FLIGHT, said, headers={"Retry-After": "1"}) from error
