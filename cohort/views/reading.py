"""The contract as the ledger reads it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.pages.contract_text import contract_text


@require_safe
def contract(request: HttpRequest) -> HttpResponse:
    """Every clause, with its sums and its sources; each number has an anchor."""
    return render(request, "cohort/contract_reading.html", {"text": contract_text()})
