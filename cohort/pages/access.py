"""What every page about a contract stands on, in any room: the contract for whoever may see it, and its menu."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cohort.models import Contract
from cohort.queries import contracts_visible_to
from cohort.queries.erasures import refuse_erased
from pbr_ledger.pages import person_of
from pbr_ledger.sections import sections_for


def contract_for(request: HttpRequest, contract_id: int, *, erased_too: bool = False) -> Contract:
    """The contract, for its council's and its provider's people who may read it; for all others there is none: 404.

    Raises `ContractErased`, which `cohort.pages.erased` answers, unless the page shows what is kept: `erased_too`.
    """
    contract = get_object_or_404(contracts_visible_to(person_of(request)), pk=contract_id)
    if not erased_too:
        refuse_erased(contract)
    return contract


def render_contract(
    request: HttpRequest,
    template: str,
    *,
    contract: Contract,
    section: str,
    context: Mapping[str, object],
    status: int = 200,
) -> HttpResponse:
    """A page about the contract, with the menu of its sections; the template extends `contract_base.html`."""
    sections = sections_for(person_of(request), contract.pk, current=section)
    return render(request, template, {"contract": contract, "sections": sections, **context}, status=status)
