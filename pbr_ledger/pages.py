"""What every page has in common: whose ledger it is, who reads it, what it answers, and the headers it comes under."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.http import content_disposition_header
from django.views.csrf import csrf_failure

from pbr_ledger.accounts.models import Person
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted
from pbr_ledger.jobs.rules import may_watch_work
from pbr_ledger.observability.security import FORM_REFUSED, note, refusal_is_told
from pbr_ledger.release import RELEASE

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ROWS_SHOWN = 50
"""On one page of a list."""
PAUSES = (2, 2, 2, 3, 5, 8, 13, 20, *[30] * 18)
"""Seconds before each look at what is being made, ten minutes together. Then whoever waits looks again themselves."""


def masthead(request: HttpRequest) -> dict[str, object]:
    """For every template: the council's name, the release, and whether the menu leads to the work in the background."""
    person = getattr(request, "user", None)
    watches = isinstance(person, Person) and may_watch_work(person)
    return {"council_name": settings.COUNCIL_NAME, "release": RELEASE, "may_watch_work": watches}


def answer_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing but our own files runs in a page, and no page stays behind on a shared computer."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response

    return answer


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without its token: Django's, noted as what it is."""
    note(FORM_REFUSED, request)
    refusal_is_told(request)
    return csrf_failure(request, reason=reason)


def person_of(request: HttpRequest) -> Person:
    """Whoever is signed in; LoginRequiredMiddleware lets nobody else come this far."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def acted(request: HttpRequest, act: Callable[[], object], *, done: str, then: str) -> HttpResponse:
    """The answer to a button: the change made and said in words, or why it was not; on to the address in either case.

    What the person may not do at all is forbidden, and what does not exist for them is not found.
    """
    try:
        act()
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    except LedgerError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return HttpResponseRedirect(then)


def page_of_rows(request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", shown: int = ROWS_SHOWN) -> "Page[Any]":
    """The rows of the page that the address asks for with `?page=`, the nearest one where there is no such page."""
    return Paginator(rows, shown).get_page(request.GET.get("page"))


@dataclass(frozen=True, slots=True)
class Watch:
    """The next look at a part of a page where something is being made: at which address, after how many seconds."""

    address: str
    pause: int


def watch(address: str, *, stage: str, looks: int = 0) -> Watch | None:
    """The look after so many, None after the last. `stage` says how the part stands now."""
    if looks >= len(PAUSES):
        return None
    joint = "&" if "?" in address else "?"
    return Watch(f"{address}{joint}{urlencode({'looks': looks + 1, 'stage': stage})}", PAUSES[looks])


def looked_again(
    request: HttpRequest,
    part: str,
    context: Mapping[str, object],
    *,
    address: str,
    stage: str,
    goes_on: bool,
) -> HttpResponse:
    """The answer to a look: the part in its new state if it has one, and the next look if anything is being made still.

    What has not changed is not sent, so that nobody who listens to the page hears it again.
    """
    asked = request.GET.get("looks", "")
    looks = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    following = watch(address, stage=stage, looks=looks) if goes_on else None
    changed = part if request.GET.get("stage") != stage else ""
    return render(request, "parts/looked_again.html", {**context, "watch": following, "changed": changed})


def download(request: HttpRequest, content: bytes, *, name: str, media_type: str, sha256: str) -> HttpResponseBase:
    """The bytes as a file to keep, or the word that the browser has them already."""
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, no-store",
    }
    response = HttpResponse(content, content_type=media_type, headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response
