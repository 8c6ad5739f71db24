"""What holds for programs before anything else is looked at."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from pbr_ledger.clients.api.problems import MEDIA_TYPE, NOT_PERMITTED, PROBLEMS

OF_PROGRAMS = ("/api/", "/oauth/")
IN_CLEAR = "The API is over https alone. What was sent came in clear: if a secret or a token was in it, change it."


def refused_in_clear(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a program that comes over http is refused, and not sent on: else its mistake would go on unseen."""

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and request.path.startswith(OF_PROGRAMS) and not request.is_secure():
            return _refusal()
        return get_response(request)

    return answer


def _refusal() -> HttpResponse:
    kind = PROBLEMS[NOT_PERMITTED]
    said = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": IN_CLEAR}
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return JsonResponse(said, status=kind.status, content_type=MEDIA_TYPE, headers=headers)
