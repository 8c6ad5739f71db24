"""From bytes to JSON values, refusing kindly what is no document at all."""

import json
from dataclasses import dataclass
from typing import Any

from pbr_ledger.errors import Problem, Refused

MAXIMUM_BYTES = 32 * 1024 * 1024
_LONGEST_INTEGER = 18


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which of its keys stood in it twice."""

    repeated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherNumber:
    """A JSON number that is no whole number of a usual size: `1.5`, `1e9`, `NaN`."""

    text: str


def parse(data: bytes) -> Any:
    """The JSON value in these bytes. Raises `Refused`, with the line and column where that helps."""
    if len(data) > MAXIMUM_BYTES:
        raise _refused(too_large(len(data)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(f"the file is not UTF-8 (byte {error.start + 1})") from error
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=OtherNumber,
            parse_constant=OtherNumber,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _refused(f"the file is not JSON: {error.msg[:1].lower()}{error.msg[1:]} ({place})") from error
    except RecursionError as error:
        raise _refused("the file nests lists and objects too deeply") from error


def too_large(size: int) -> str:
    """What is said of a file of so many bytes."""
    return f"the file has {size:,} bytes; at most {MAXIMUM_BYTES:,} are read"


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = JsonObject(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        found.repeated = tuple(dict.fromkeys(key for key in keys if keys.count(key) > 1))
    return found


def _integer(text: str) -> int | OtherNumber:
    return int(text) if len(text) <= _LONGEST_INTEGER else OtherNumber(text[:_LONGEST_INTEGER] + "…")


def _refused(message: str) -> Refused:
    return Refused([Problem("", message)])
