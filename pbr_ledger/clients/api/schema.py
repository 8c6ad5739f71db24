"""The schema: how clients show who they are, and the problems that every operation can end in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from pbr_ledger.clients.api.problems import MEDIA_TYPE, PROBLEMS
from pbr_ledger.clients.scopes import SCOPES

TOKEN_ADDRESS = "/oauth/token"  # noqa: S105 - an address
ALWAYS = (404, 405, 406, 429, 500)
WITH_TOKEN = (400, 401, 403)
ON_WRITING = (409, 412, 415, 422, 428)


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


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The schema with every problem at every operation that can end in it."""
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
