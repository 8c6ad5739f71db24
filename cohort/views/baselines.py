"""Baselines: every child's, one child's with what was proposed, and the answers of the two sides."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort import services
from cohort.core.facts import Child, Rate
from cohort.forms.baselines import AgreeRecordedForm, AnswerForm, DeclineBaselineForm, ProposeBaselineForm
from cohort.models import BaselineProposal, Contract
from cohort.models import Child as ChildIdentity
from cohort.pages.access import contract_for, render_contract
from cohort.pages.baselines import COLUMNS, SORTS, baseline_rows, baseline_shown, proposals_shown, rates_shown
from cohort.queries import current_facts
from cohort.queries.baselines import open_baseline_proposals, rates_read, rates_written
from cohort.rules import may_agree_recorded_baseline, may_decide_baseline, may_propose_baseline
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.effects import effect_words
from pbr_ledger.forms import LedgerForm
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of


@require_safe
def baselines(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every child's baseline, those first that are not agreed or have a change proposed."""
    contract = contract_for(request, contract_id)
    sorting = sorting_of(request, SORTS)
    rows = sorting.in_memory(baseline_rows(contract, current_facts(contract)))
    if file := listed(request, name=f"{contract.reference} baselines", columns=COLUMNS, rows=lambda: rows):
        return file
    context = {"page": page_of_rows(request, rows), "sorting": sorting}
    return render_contract(request, "cohort/baselines.html", contract=contract, section="claims", context=context)


@require_safe
def baseline(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """A child's baseline: its dated prices, whether both sides agreed, and every proposal."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    identity, child = _child(contract, child_id)
    proposals = proposals_shown(person, contract, identity)
    has_open = any(each.row.status == "open" for each in proposals)
    context = {
        "identity": identity,
        "baseline": baseline_shown(person, contract, child),
        "proposals": proposals,
        "may_propose": may_propose_baseline(person, contract) and not has_open,
    }
    return render_contract(request, "cohort/baseline.html", contract=contract, section="claims", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """The form for another baseline, rate by rate."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not may_propose_baseline(person, contract):
        raise PermissionDenied
    identity, child = _child(contract, child_id)
    if open_baseline_proposals([contract.pk]).filter(child=identity).exists():
        messages.error(request, f"A baseline of child {identity} is proposed already. It has to be answered first.")
        return HttpResponseRedirect(_address(contract, identity))
    form = ProposeBaselineForm(request.POST or None, rates=child.baseline)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.attempt(
            lambda: services.propose_baseline(
                contract=contract,
                child=child.id,
                rates=form.rates(),
                reason=form.cleaned_data["reason"],
                by=person,
                clock=DATABASE_CLOCK,
            )
        )
    ):
        return _done(request, "Baseline proposed: it counts once the other side agrees", contract, identity)
    context = {
        "form": form,
        "heading": f"Propose a baseline for {identity}",
        "lead": "The other side agrees or declines it. Until then the baseline stays as it is.",
        "button": "Propose",
        "back": _address(contract, identity),
    }
    template = "cohort/baseline_propose.html"
    return render_contract(request, template, contract=contract, section="claims", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def agree_recorded(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """The provider agrees to what the council has recorded, as it stands on this page."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not may_agree_recorded_baseline(person, contract):
        raise PermissionDenied
    identity, child = _child(contract, child_id)
    if baseline_shown(person, contract, child).is_agreed:
        messages.error(request, f"The baseline of child {identity} is agreed already.")
        return HttpResponseRedirect(_address(contract, identity))
    form = AgreeRecordedForm(request.POST or None, initial={"rates": rates_written(child.baseline)})
    if request.method == "POST" and form.is_valid():
        rates = _rates_read(form.cleaned_data["rates"])
        if form.attempt(
            lambda: services.agree_recorded_baseline(
                contract=contract, child=child.id, rates=rates, by=person, clock=DATABASE_CLOCK
            )
        ):
            return _done(request, f"Baseline of {identity} agreed", contract, identity)
    context = {
        "form": form,
        "heading": f"Agree the baseline of {identity}",
        "lead": "Savings for this child are measured against it. Afterwards it changes only when both sides agree.",
        "after": rates_shown(child.baseline),
        "button": "Agree the baseline",
        "back": _address(contract, identity),
    }
    return _answer_page(request, contract, context)


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, contract_id: int, proposal_id: int) -> HttpResponse:
    """The other side agrees to a proposed baseline, having seen what it does to closed months."""
    contract, proposal, child = _proposal(request, contract_id, proposal_id, "agree")
    person = person_of(request)
    rates = rates_read(proposal.rates)
    form = AnswerForm(request.POST or None)
    context = {
        "heading": f"Agree the proposed baseline of {child.id}",
        "before": rates_shown(child.baseline),
        "after": rates_shown(rates),
        "reason": proposal.reason,
        "effect": effect_words(contract, [replace(child, baseline=rates)]),
        "button": "Agree the baseline",
    }
    return _answered(
        request,
        contract,
        proposal,
        form,
        context,
        lambda: services.agree_baseline(proposal=proposal, by=person, clock=DATABASE_CLOCK),
        done=f"Baseline of {child.id} agreed",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, contract_id: int, proposal_id: int) -> HttpResponse:
    """The other side declines a proposed baseline, and says why."""
    contract, proposal, child = _proposal(request, contract_id, proposal_id, "decline")
    person = person_of(request)
    form = DeclineBaselineForm(request.POST or None)
    context = {
        "heading": f"Decline the proposed baseline of {child.id}",
        "before": rates_shown(child.baseline),
        "after": rates_shown(rates_read(proposal.rates)),
        "reason": proposal.reason,
        "button": "Decline the baseline",
    }
    return _answered(
        request,
        contract,
        proposal,
        form,
        context,
        lambda: services.decline_baseline(
            proposal=proposal, reason=form.cleaned_data["reason"], by=person, clock=DATABASE_CLOCK
        ),
        done=f"Proposed baseline of {child.id} declined",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, contract_id: int, proposal_id: int) -> HttpResponse:
    """The side that proposed a baseline takes it back."""
    contract, proposal, child = _proposal(request, contract_id, proposal_id, "withdraw")
    person = person_of(request)
    context = {
        "heading": f"Withdraw the proposed baseline of {child.id}",
        "before": rates_shown(child.baseline),
        "after": rates_shown(rates_read(proposal.rates)),
        "reason": proposal.reason,
        "button": "Withdraw the proposal",
    }
    return _answered(
        request,
        contract,
        proposal,
        AnswerForm(request.POST or None),
        context,
        lambda: services.withdraw_baseline(proposal=proposal, by=person, clock=DATABASE_CLOCK),
        done=f"Proposed baseline of {child.id} withdrawn",
    )


# Steps


def _answered(
    request: HttpRequest,
    contract: Contract,
    proposal: BaselineProposal,
    form: LedgerForm,
    context: Mapping[str, object],
    act: Callable[[], object],
    *,
    done: str,
) -> HttpResponse:
    """The answer to a proposal, or the page that asks for it."""
    if proposal.status != "open":
        messages.error(request, "This proposal is answered already.")
        return HttpResponseRedirect(_address(contract, proposal.child))
    if request.method == "POST" and form.is_valid() and form.attempt(act):
        return _done(request, done, contract, proposal.child)
    back = _address(contract, proposal.child)
    return _answer_page(request, contract, {**context, "form": form, "back": back})


def _answer_page(request: HttpRequest, contract: Contract, context: Mapping[str, object]) -> HttpResponse:
    template = "cohort/baseline_answer.html"
    return render_contract(request, template, contract=contract, section="claims", context=context)


def _proposal(
    request: HttpRequest, contract_id: int, proposal_id: int, action: str
) -> tuple[Contract, BaselineProposal, Child]:
    """The contract, the proposal and the child, for somebody who may do this to it."""
    contract = contract_for(request, contract_id)
    found = BaselineProposal.objects.select_related("child__contract", "proposed_by")
    proposal = get_object_or_404(found, child__contract=contract, pk=proposal_id)
    if not may_decide_baseline(person_of(request), contract, proposal, action):
        raise PermissionDenied
    _, child = _child(contract, proposal.child_id)
    return contract, proposal, child


def _child(contract: Contract, child_id: int) -> tuple[ChildIdentity, Child]:
    identity = get_object_or_404(ChildIdentity, contract=contract, pk=child_id)
    child = current_facts(contract).children.get(identity.reference)
    if child is None:
        raise Http404("The child was retracted.")
    return identity, child


def _rates_read(written: object) -> tuple[Rate, ...]:
    """The rates that travelled along with the page; none where somebody wrote something else there."""
    try:
        return rates_read(written)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return ()


def _address(contract: Contract, identity: ChildIdentity) -> str:
    return reverse("baseline", args=[contract.pk, identity.pk])


def _done(request: HttpRequest, words: str, contract: Contract, identity: ChildIdentity) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(_address(contract, identity))
