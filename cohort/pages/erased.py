"""The answer of every page that would show what was destroyed under the retention schedule."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cohort.pages.access import render_contract
from cohort.queries.erasures import ContractErased


class ErasedContracts:
    """Middleware: a page of an erased contract says so, with status 410, instead of failing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of what follows."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """That the contract was erased, when, and what is kept; nothing for any other error."""
        if not isinstance(error, ContractErased):
            return None
        context = {"said": str(error)}
        return render_contract(
            request, "cohort/erased.html", contract=error.contract, section="", context=context, status=410
        )
