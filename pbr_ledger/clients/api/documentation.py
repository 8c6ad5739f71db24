"""The schema as a page that needs nothing from elsewhere: no script, no style but our own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from pbr_ledger.clients.api.problems import PROBLEMS, ProblemKind
from pbr_ledger.clients.scopes import SCOPES


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter or a field: its name, what it looks like, whether it has to be there, and what it means."""

    name: str
    form: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    name: str
    method: str
    path: str
    meaning: str
    scope: str
    parameters: tuple[Part, ...]
    body: tuple[Part, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """What an answer is made of."""

    name: str
    meaning: str
    fields: tuple[Part, ...]


@cache
def described() -> dict[str, Any]:
    """Everything on the page: operations by tag, structures, scopes and problems."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    structures = schema["components"]["schemas"]
    operations = sorted(_operations(schema, structures), key=lambda pair: pair[0])
    return {
        "groups": [(tag, [each for _, each in group]) for tag, group in groupby(operations, key=lambda pair: pair[0])],
        "structures": [_structure(name, found) for name, found in structures.items()],
        "scopes": [(name, scope.description) for name, scope in SCOPES.items()],
        "problems": sorted(PROBLEMS.values(), key=_by_status),
    }


def _by_status(kind: ProblemKind) -> tuple[int, str]:
    return kind.status, kind.slug


def _operations(schema: Mapping[str, Any], structures: Mapping[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in schema["paths"].items():
        for method, found in methods.items():
            body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            scopes = [scope for each in found.get("security", []) for named in each.values() for scope in named]
            yield (
                found["tags"][0],
                Operation(
                    name=found["operationId"],
                    method=method.upper(),
                    path=path,
                    meaning=found.get("description", ""),
                    scope=", ".join(scopes),
                    parameters=tuple(
                        Part(
                            each["name"],
                            _form(each["schema"]),
                            each.get("required", False),
                            each.get("description", ""),
                        )
                        for each in found.get("parameters", [])
                    ),
                    body=_fields(structures.get(_referred(body), {})),
                    answers=tuple(_answers(found["responses"])),
                ),
            )


def _answers(responses: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for status, found in sorted(responses.items()):
        if "$ref" in found:
            continue
        media_types = found.get("content", {})
        of = [_form(each.get("schema", {})) for each in media_types.values()]
        yield status, ", ".join(of) if of != ["text (binary)"] else next(iter(media_types))


def _structure(name: str, found: Mapping[str, Any]) -> Structure:
    return Structure(name, found.get("description", _form(found).capitalize() + "."), _fields(found))


def _fields(found: Mapping[str, Any]) -> tuple[Part, ...]:
    required = found.get("required", [])
    return tuple(
        Part(name, _form(each), name in required, each.get("description", ""))
        for name, each in found.get("properties", {}).items()
    )


def _form(schema: Mapping[str, Any]) -> str:
    """What a value looks like, in words."""
    if referred := _referred(schema):
        return referred
    if "allOf" in schema or "oneOf" in schema:
        return " or ".join(_form(each) for each in schema.get("allOf") or schema["oneOf"])
    kind = schema.get("type", "anything")
    kinds = [kind] if isinstance(kind, str) else kind
    if "array" in kinds:
        return f"list of {_form(schema.get('items', {}))}"
    if "enum" in schema:
        return "one of " + ", ".join(str(each) for each in schema["enum"] if each is not None)
    words = " or ".join("text" if each == "string" else each for each in kinds)
    detail = schema.get("format") or schema.get("pattern")
    return f"{words} ({detail})" if detail else words


def _referred(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
