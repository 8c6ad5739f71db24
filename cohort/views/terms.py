"""The terms of a contract, in versions."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.pages.terms.versions import Versions, month_now, schedule_rows, version_terms, versions_shown
from cohort.rules import may_record_terms
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import page_of_rows, person_of


@require_safe
def terms(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The terms in force, and every version with the months that use it."""
    contract = contract_for(request, contract_id, erased_too=True)
    versions = Versions.of(contract)
    now = month_now(DATABASE_CLOCK.read(after=None))
    shown = versions_shown(versions, now=now)
    context: dict[str, object] = {
        "versions": page_of_rows(request, list(shown)),
        "may_record": may_record_terms(person_of(request), contract),
    }
    if versions.rows:
        in_force = versions.number_for(now)
        context |= {"terms": version_terms(versions, in_force), "in_force": shown[-in_force]}
        context["schedule"] = schedule_rows(versions.terms[in_force - 1])
    return render_contract(request, "cohort/terms.html", contract=contract, section="terms", context=context)


@require_safe
def version(request: HttpRequest, contract_id: int, number: int) -> HttpResponse:
    """One version of the terms: every term, and what it was in the version before."""
    contract = contract_for(request, contract_id, erased_too=True)
    versions = Versions.of(contract)
    if not 1 <= number <= len(versions.rows):
        raise Http404("There is no such version of the terms.")
    now = month_now(DATABASE_CLOCK.read(after=None))
    before = versions.terms[number - 2] if number > 1 else None
    context = {
        "version": versions_shown(versions, now=now)[-number],
        "before": number - 1,
        "terms": version_terms(versions, number),
        "schedule": schedule_rows(versions.terms[number - 1], before),
        "may_record": may_record_terms(person_of(request), contract),
    }
    return render_contract(request, "cohort/terms_version.html", contract=contract, section="terms", context=context)
