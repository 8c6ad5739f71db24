"""Where clients get their tokens: what django-oauth-toolkit asks of us."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import get_access_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauth2_provider.views import TokenView

from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.queries import address_of, is_open, is_within
from pbr_ledger.clients.scopes import SCOPES
from pbr_ledger.clients.services import seconds_to_wait
from pbr_ledger.clock import DATABASE_CLOCK

MOST_TOKENS = 60
"""Tokens that may be asked for from one address in a minute, given or not."""


class ClientScopes(BaseScopes):
    """The scopes of each client; a token that asks for none in particular gets them all."""

    def get_all_scopes(self) -> dict[str, str]:
        """Every scope, in words."""
        return {name: scope.description for name, scope in SCOPES.items()}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """The scopes that the application's client holds."""
        client = ApiClient.objects.filter(application=application).first()
        return client.scopes if client else []

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        """The same."""
        return self.get_available_scopes(application, request)


class ClientValidator(OAuth2Validator):
    """Lets open clients in, from where they may come."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether the credentials are right, the client is open, and the address is one of its own."""
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        found = ApiClient.objects.select_related("person").filter(application=request.client).first()
        return found is not None and is_open(found) and is_within(address_of(request.headers), found.networks)

    def _save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> Any:
        """The token, kept; those of the client that have run out go."""
        past = get_access_token_model().objects.filter(
            application=request.client, expires__lt=DATABASE_CLOCK.read(after=None)
        )
        past.delete()
        return super()._save_bearer_token(token, request, *args, **kwargs)


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class ClientTokenView(TokenView):
    """Tokens for clients, by their credentials alone (RFC 6749, 4.4); its errors are those of that paper."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer, unless too many have been asked for from there."""
        address = address_of(request.META)
        if wait := seconds_to_wait(source=f"token {address}", most=MOST_TOKENS):
            body = json.dumps({"error": "slow_down", "error_description": f"Try again in {wait} seconds."})
            return HttpResponse(body, status=429, content_type="application/json", headers={"Retry-After": str(wait)})
        return super().dispatch(request, *args, **kwargs)
