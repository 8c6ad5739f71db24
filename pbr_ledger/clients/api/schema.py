"""The schema: how clients show who they are, and the problems that every operation can end in."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from pbr_ledger.clients.api.problems import MEDIA_TYPE, PROBLEMS
from pbr_ledger.clients.scopes import SCOPES

TOKEN_ADDRESS = "/oauth/token"  # noqa: S105 - an address
ALWAYS = (404, 405, 406, 429, 500)
WITH_TOKEN = (400, 401, 403)
ON_WRITING = (409, 412, 415, 422, 428)


PROBLEM_PLACE = {
    "type": "object",
    "description": "One place that is wrong.",
    "properties": {
        "pointer": {"type": "string", "description": "Where in the body or query, as a JSON pointer."},
        "detail": {"type": "string", "description": "What is wrong there."},
    },
    "required": ["pointer", "detail"],
}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "What kind of problem it is: never changes its meaning."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What it was this time, in words."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemPlace"}},
    },
    "required": ["type", "title", "status", "detail"],
}


class TokenScheme(OpenApiAuthenticationExtension):
    """OAuth 2 client credentials, with every scope."""

    target_class = "pbr_ledger.clients.api.authentication.TokenAuthentication"
    name = "clientCredentials"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, Any]:
        """The scheme."""
        scopes = {name: scope.description for name, scope in SCOPES.items()}
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": TOKEN_ADDRESS, "scopes": scopes}}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The scope that the method takes."""
        scope = auto_schema.view.scopes.get(auto_schema.method)
        return {self.name: [scope] if scope else []}


def name_choices(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The schema with one name for each choice, in queries as in answers; what may be left open says so as null."""
    result["components"]["schemas"].pop("NullEnum", None)
    _say_null(result["components"]["schemas"])
    named = {
        frozenset(found["enum"]): {"$ref": f"#/components/schemas/{name}"}
        for name, found in result["components"]["schemas"].items()
        if "enum" in found
    }
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                choices = frozenset(parameter["schema"].get("enum", []))
                parameter["schema"] = named.get(choices, parameter["schema"])
    return result


def add_links(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The schema with what can be asked next, of each row that is answered: what stands below its address."""
    paths = result["paths"]
    for path, operations in paths.items():
        row = path if path.endswith("{row}") else f"{path}/{{row}}"
        following = [step for address, steps in paths.items() if address.startswith(row) for step in steps.values()]
        made_or_read = operations.get("get" if path == row else "post", {})
        links = {step["operationId"]: _link(step) for step in following if step is not made_or_read}
        for status in {"200", "201"} & set(made_or_read.get("responses", ())):
            made_or_read["responses"][status] |= {"links": links} if links else {}
    return result


def _link(step: Mapping[str, Any]) -> dict[str, Any]:
    """The link to what can be asked next; a step that needs the row's ETag gets it from the answer."""
    parameters = {"path.row": "$response.body#/id"}
    if any(each["name"] == "If-Match" for each in step.get("parameters", ())):
        parameters["header.If-Match"] = "$response.header.ETag"
    return {"operationId": step["operationId"], "parameters": parameters}


def _say_null(node: Any) -> None:
    """Say of every choice below the node that may be null that it is one or the other."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(each, dict) and each.get("$ref", "").endswith("/NullEnum"):
            each.clear()
            each["type"] = "null"
        _say_null(each)


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The schema with every problem at every operation that can end in it."""
    result["components"]["schemas"] |= {"Problem": PROBLEM, "ProblemPlace": PROBLEM_PLACE}
    result["components"]["responses"] = {
        f"Problem{status}": _response(status) for status in sorted({kind.status for kind in PROBLEMS.values()})
    }
    for path in result["paths"].values():
        for method, operation in path.items():
            statuses = ALWAYS + (WITH_TOKEN if operation.get("security", [{}]) != [{}] else ())
            statuses += ON_WRITING if method == "post" else ()
            statuses += (416,) if "206" in operation["responses"] else ()
            for status in statuses:
                operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return result


def _response(status: int) -> dict[str, Any]:
    kinds = [kind for kind in PROBLEMS.values() if kind.status == status]
    examples = {
        kind.slug: {"value": {"type": kind.type, "title": kind.title, "status": status, "detail": kind.remedy}}
        for kind in kinds
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    headers: dict[str, Any] = {}
    if status == 401:
        headers = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == 429:
        headers = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return {"description": "; ".join(kind.title for kind in kinds), "headers": headers, "content": content}
