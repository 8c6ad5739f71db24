"""Who asks: a client by its token, in the Authorization header and nowhere else."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from pbr_ledger.accounts.models import Person
from pbr_ledger.clients.api.problems import INSUFFICIENT_SCOPE, NOT_PERMITTED, TOKEN_EXPIRED, ApiProblem
from pbr_ledger.clients.queries import Access, access_by, address_of, is_within
from pbr_ledger.clock import DATABASE_CLOCK

CHALLENGE = 'Bearer realm="pbr-ledger"'


class TokenAuthentication(BaseAuthentication):
    """The person as whom the client acts, and what its token permits. No session and no cookie counts here."""

    def authenticate(self, request: Request) -> tuple[Person, Access] | None:
        """None without a bearer token; raises `AuthenticationFailed` for one that is nobody's or has run out."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        access = access_by(parts[1].decode("latin-1")) if len(parts) == 2 else None
        if access is None:
            raise AuthenticationFailed("The token is none of ours, or its client is closed.")
        if access.expires_at <= DATABASE_CLOCK.read(after=None):
            raise AuthenticationFailed("The token has expired: they last 15 minutes.", code=TOKEN_EXPIRED)
        if not is_within(address_of(request.META), access.client.networks):
            raise ApiProblem(NOT_PERMITTED, "This client may not be used from this address.")
        return access.client.person, access

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401 (RFC 6750)."""
        sent = get_authorization_header(request)
        return f'{CHALLENGE}, error="invalid_token"' if sent.lower().startswith(b"bearer") else CHALLENGE


class HasScope(BasePermission):
    """Whether the token permits the method, by the view's `scopes`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Nobody without a token; then also for a method that the view does not take: that is said in its own words."""
        if not isinstance(request.auth, Access):
            return False
        scope = view.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope is None:
            return True
        if scope not in request.auth.scopes:
            header = {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'}
            raise ApiProblem(INSUFFICIENT_SCOPE, f"This takes a token with the scope {scope}.", headers=header)
        return True
