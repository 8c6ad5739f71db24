"""Answering a request of access to what is held about a child."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort.pages.access import contract_for, render_contract
from cohort.queries import identity_of
from cohort.rules import may_answer_access
from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download, person_of
from pbr_ledger.uploads import FileDamaged
from savings.documents.subject_access import ZIP
from savings.services import StatementNotReproduced
from savings.services.subject_access import subject_access

LEAD = (
    "A ZIP with every version of every fact, claims with what was said about them, files of evidence, its part of "
    "every statement with how it was worked out, and who did what. Other children are left out, as far as the ledger "
    "can see."
)
WARNING = "Before you hand it out, read every free text and open every file: they may tell of somebody else."


@require_http_methods(["GET", "HEAD", "POST"])
@identity_confirmed
def child_access(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponseBase:
    """What the file will hold, and the button; by POST the file itself."""
    contract, person = contract_for(request, contract_id), person_of(request)
    if not may_answer_access(person, contract):
        raise PermissionDenied
    child = identity_of(contract=contract, kind="child", key=child_id)
    if child is None:
        raise Http404("There is no such child.")
    if request.method == "POST":
        try:
            made = subject_access(contract=contract, child=child.reference, by=person, clock=DATABASE_CLOCK)
        except (FileDamaged, StatementNotReproduced) as damage:
            messages.error(request, f"The file was not made. {damage}")
            return HttpResponseRedirect(reverse("child", args=[contract.pk, child.pk]))
        return download(request, made.content, name=made.name, media_type=ZIP, sha256=made.sha256)
    context = {
        "heading": f"Everything held about child {child.reference}",
        "lead": LEAD,
        "warning": WARNING,
        "button": "Make the file",
        "back": reverse("child", args=[contract.pk, child.pk]),
    }
    return render_contract(request, "contract_form.html", contract=contract, section="cohort", context=context)
