"""A month's way to its statement: proposed, agreed or disputed, closed. Each act is one call to a service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError
from pbr_ledger.lifecycle import ActionNotPossible
from pbr_ledger.pages import acted, person_of
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings import rules, services
from savings.forms.statements import CloseForm, DisputeForm
from savings.models import Proposal
from savings.pages.closing import closing_page
from savings.pages.preview import preview_page
from savings.pages.proposals import disputable
from savings.queries import closed_statement, numbered_proposal
from savings.services import FiguresHaveChanged

LAPSED = (
    "The figures have changed since they were proposed, so the proposal has lapsed and nothing was {done}. What has "
    "changed is shown below."
)
NO_LONGER_OPEN = "This proposal is no longer open. Here is where the month stands now."


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The month as known now, with the button that proposes it."""
    found, person = contract_for(request, contract_id), person_of(request)
    then = reverse("statement", args=[contract_id, month])
    if request.method == "POST":
        _permit(allowed=rules.may_propose(person, found))
        return _proposed(request, found, month, then)
    if closed_statement(contract=found, month=month) is not None:
        return redirect(then)
    context = preview_page(found, month, person=person, at=DATABASE_CLOCK.read(after=None))
    return render_contract(request, "savings/preview.html", contract=found, section="statements", context=context)


def _proposed(request: HttpRequest, found: Contract, month: Month, then: str) -> HttpResponse:
    """On to the proposal, or back to the figures with what stood in the way."""
    try:
        proposal = services.propose(contract=found, month=month, by=person_of(request), clock=DATABASE_CLOCK)
    except services.StatementAlreadyClosed as refusal:
        messages.error(request, str(refusal))
        closed = closed_statement(contract=found, month=month) is not None
        return redirect(then if closed else reverse("statements", args=[found.pk]))
    except LedgerError as refusal:
        messages.error(request, str(refusal))
        return redirect("statement-propose", found.pk, month)
    messages.success(request, f"{month_shown(month)} is proposed. Both parties can now agree or dispute it.")
    return redirect("statement", found.pk, proposal.month)


@require_POST
def agree(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The person's side agrees to the figures that the page showed."""
    found, person = contract_for(request, contract_id), person_of(request)
    _permit(allowed=rules.may_agree_for_a_side(person, found))
    proposal = _proposal(request, found, month)
    done = f"You have agreed to the figures of {month_shown(month)} for {person.organisation.name}."
    return _on_proposal(
        request,
        month,
        found,
        lambda: services.agree(proposal=proposal, by=person, clock=DATABASE_CLOCK),
        done=done,
        verb="agreed",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """Which line of the proposal is disputed, and why."""
    found, person = contract_for(request, contract_id), person_of(request)
    _permit(allowed=rules.may_dispute(person, found))
    proposal = _proposal(request, found, month)
    if not proposal.is_open:
        return _no_longer_open(request, found, month)
    form = DisputeForm(request.POST or None, figures=disputable(proposal), initial={"about": request.GET.get("about")})

    def act() -> object:
        said = form.cleaned_data
        return services.dispute(
            proposal=proposal, about=said["about"], reason=said["reason"], by=person, clock=DATABASE_CLOCK
        )

    if request.method == "POST" and form.is_valid() and form.attempt(act):
        messages.success(request, f"You have disputed {form.cleaned_data['about']}. The proposal has stopped.")
        return redirect("statement", contract_id, month)
    context = {
        "heading": f"Dispute a figure of {month_shown(month)}",
        "lead": "A dispute stops the proposal and changes no fact. It can be withdrawn, or the facts corrected and the "
        "month proposed again.",
        "form": form,
        "button": "Dispute this figure",
        "back": reverse("statement", args=[contract_id, month]),
        "number": proposal.number,
    }
    return render_contract(request, "savings/act.html", contract=found, section="statements", context=context)


@require_POST
def withdraw(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The side that raised the dispute takes it back."""
    found, person = contract_for(request, contract_id), person_of(request)
    _permit(allowed=rules.may_dispute(person, found))
    raised = getattr(_proposal(request, found, month), "dispute", None)
    if raised is None:
        return _no_longer_open(request, found, month)
    return acted(
        request,
        lambda: services.withdraw_dispute(dispute=raised, by=person, clock=DATABASE_CLOCK),
        done="The dispute is withdrawn. The same figures can be proposed again.",
        then=reverse("statement", args=[contract_id, month]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The Lead Accountant closes the month for good."""
    found = contract_for(request, contract_id)
    _permit(allowed=rules.may_close(person_of(request), found))
    proposal = _proposal(request, found, month)
    if not proposal.is_open:
        return _no_longer_open(request, found, month)
    return _close(request, found, proposal)


@identity_confirmed
def _close(request: HttpRequest, found: Contract, proposal: Proposal) -> HttpResponse:
    page = closing_page(proposal, at=DATABASE_CLOCK.read(after=None))
    then = reverse("statement", args=[found.pk, proposal.month])
    if page.obstacle:
        messages.error(request, page.obstacle)
        return redirect(then)
    form = CloseForm(request.POST or None, skipped=page.skipped, is_unanswered=page.is_unanswered)
    if request.method == "POST" and (form.is_valid() or not form.fields):
        return _closed(request, found, proposal, form.cleaned_data if form.fields else {})
    context = {
        "heading": f"Close {month_shown(proposal.month)}",
        "form": form,
        "button": f"Close {month_shown(proposal.month)}",
        "warning": "Closed is closed: nobody can change this statement afterwards. What is learned later is charged or "
        "credited in a later month.",
        "back": then,
        "number": proposal.number,
        "page": page,
    }
    return render_contract(request, "savings/close.html", contract=found, section="statements", context=context)


def _closed(request: HttpRequest, found: Contract, proposal: Proposal, said: dict[str, Any]) -> HttpResponse:
    return _on_proposal(
        request,
        proposal.month,
        found,
        lambda: services.close(
            proposal=proposal,
            by=person_of(request),
            clock=DATABASE_CLOCK,
            skipping_because=said.get("skipping_because", ""),
            unanswered_because=said.get("unanswered_because", ""),
        ),
        done=f"{month_shown(proposal.month)} is closed. Its documents are being made.",
        verb="closed",
    )


def _permit(*, allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _proposal(request: HttpRequest, found: Contract, month: Month) -> Proposal:
    """The proposal whose figures the page showed; the month's last one where it does not say."""
    number = request.POST.get("number", "")
    proposal = numbered_proposal(contract=found, month=month, number=int(number) if number.isdecimal() else None)
    if proposal is None:
        raise Http404("Nothing is proposed for this month.")
    return proposal


def _on_proposal(
    request: HttpRequest, month: Month, found: Contract, act: Callable[[], object], *, done: str, verb: str
) -> HttpResponse:
    """The act done and said, or why it was not; on to the month in either case, where what changed is shown."""
    try:
        act()
    except FiguresHaveChanged:
        messages.warning(request, LAPSED.format(done=verb))
    except ActionNotPossible:
        messages.warning(request, NO_LONGER_OPEN)
    except LedgerError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("statement", found.pk, month)


def _no_longer_open(request: HttpRequest, found: Contract, month: Month) -> HttpResponse:
    messages.warning(request, NO_LONGER_OPEN)
    return redirect("statement", found.pk, month)
