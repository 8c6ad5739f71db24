"""The demonstration's guided first month. There is no such page elsewhere."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pbr_ledger.accounts.demonstration import GUIDE, is_demonstration


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Who does what in a month, for whoever tries the ledger."""
    if not is_demonstration():
        raise Http404
    return render(request, "accounts/guide.html", {"steps": GUIDE})
