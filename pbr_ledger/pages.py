"""What every page has in common: whose ledger it is, and the headers under which browsers receive it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from pbr_ledger.release import RELEASE

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def masthead(_request: HttpRequest) -> dict[str, str]:
    """For every template: the council's name, and the release."""
    return {"council_name": settings.COUNCIL_NAME, "release": RELEASE}


def answer_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing but our own files runs in a page, and no page stays behind on a shared computer."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response

    return answer
