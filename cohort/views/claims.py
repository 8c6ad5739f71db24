"""Claims: the list that is also the officer's queue, one claim with its evidence, and every step that can be taken."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort import services
from cohort.core.facts import CLAIM_STATUSES, Claim, KnownFacts
from cohort.forms.claims import AgreeMoveForm, ClaimStepForm, MessageForm, SubmitClaimForm
from cohort.lifecycles import CLAIM
from cohort.models import Child, Contract, Placement, PlacementVersion
from cohort.models import Claim as ClaimIdentity
from cohort.pages.access import contract_for, render_contract
from cohort.pages.claims import (
    ACTION_WORDS,
    COLUMNS,
    SORTS,
    claim_rows,
    claim_shown,
    claims_in_status,
    filters,
    steps_for,
)
from cohort.pages.evidence import evidence_shown
from cohort.queries import current_facts
from cohort.queries.claims import Said, claimable_placements, conversation, in_family_setting
from cohort.rules import may_add_facts, may_decide_claims, may_do_to_claim, reports_for_provider
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.effects import effect_words
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of

DONE = {
    "agree": "Claim agreed",
    "query": "Claim queried",
    "reject": "Claim rejected",
    "answer": "Answer sent",
    "withdraw": "Claim withdrawn",
}
LEADS = {
    "agree": "The nights in this placement count as savings from then on.",
    "query": "The provider is asked, and the claim waits for the answer.",
    "reject": "The claim ends. The provider can submit another one for the same placement.",
    "answer": "The claim goes back to the council for its decision.",
    "withdraw": "The claim ends. You can submit another one for the same placement.",
}
FORM = "contract_form.html"


@require_safe
def claims(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every claim, narrowed by `?status=`; those that wait the oldest first."""
    contract = contract_for(request, contract_id)
    status = request.GET.get("status", "")
    if status and status not in CLAIM_STATUSES:
        raise Http404("There is no such status.")
    sorting = sorting_of(request, SORTS)
    found = sorting.in_database(claims_in_status(contract, status))
    if file := listed(
        request,
        name=f"{contract.reference} claims",
        columns=COLUMNS,
        rows=lambda: claim_rows(contract, list(found)),
    ):
        return file
    page = page_of_rows(request, found)
    person = person_of(request)
    context = {
        "page": page,
        "sorting": sorting,
        "rows": claim_rows(contract, list(page)),
        "filters": filters(contract, status),
        "status": status,
        "may_submit": reports_for_provider(person, contract),
        "may_decide": may_decide_claims(person, contract),
    }
    return render_contract(request, "cohort/claims.html", contract=contract, section="claims", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The provider's form for a new claim."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not reports_for_provider(person, contract):
        raise PermissionDenied
    form = SubmitClaimForm(request.POST or None, request.FILES or None, placements=_claimable(contract))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made: list[ClaimIdentity] = []
        if form.attempt(
            lambda: made.append(
                services.submit_claim(
                    contract=contract,
                    placement=said["placement"],
                    text=said["text"],
                    files=said["evidence"],
                    by=person,
                    clock=DATABASE_CLOCK,
                )
            )
        ):
            return _done(request, f"Claim {made[0]} submitted", contract, made[0])
    context = {
        "form": form,
        "heading": "Submit a claim",
        "lead": "A claim says that a child’s move into a family is a transition. It counts once the council agrees it.",
        "button": "Submit the claim",
        "back": reverse("claims", args=[contract.pk]),
    }
    return render_contract(request, FORM, contract=contract, section="claims", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def agree_move(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The officer's form for a move that both sides know of."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not may_decide_claims(person, contract):
        raise PermissionDenied
    form = AgreeMoveForm(request.POST or None, placements=_claimable(contract))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made: list[ClaimIdentity] = []
        if form.attempt(
            lambda: made.append(
                services.agree_move(
                    contract=contract, placement=said["placement"], text=said["text"], by=person, clock=DATABASE_CLOCK
                )
            )
        ):
            return _done(request, f"Claim {made[0]} agreed", contract, made[0])
    context = {
        "form": form,
        "heading": "Agree a move",
        "lead": "For a move that both sides know of: it is recorded as a claim that is agreed at once.",
        "button": "Agree the move",
        "back": reverse("claims", args=[contract.pk]),
    }
    return render_contract(request, FORM, contract=contract, section="claims", context=context)


def _claimable(contract: Contract) -> list[PlacementVersion]:
    known = current_facts(contract)
    return [each for each in claimable_placements(contract) if in_family_setting(each, known)]


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, contract_id: int, claim_id: int) -> HttpResponse:
    """A claim: what it rests on beside the evidence, what was said, and what can be done. POST writes a message."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    identity, current, known = _claim(contract, claim_id)
    may_write = may_add_facts(person, contract)
    form = MessageForm(request.POST or None)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid() and form.attempt(
            lambda: services.write_to_claim(
                contract=contract,
                claim=current.id,
                text=form.cleaned_data["text"],
                by=person,
                clock=DATABASE_CLOCK,
            )
        ):
            return _done(request, "Message sent", contract, identity)
    shown = claim_shown(contract, current, known)
    child = Child.objects.filter(contract=contract, reference=shown.child).first()
    placement = Placement.objects.filter(contract=contract, reference=current.placement).first()
    context = {
        "claim": shown,
        "identity": identity,
        "child_key": child.pk if child else None,
        "placement_key": placement.pk if placement else None,
        "needs_baseline": "agree" in CLAIM.actions_from(current.status) and not shown.baseline_agreed,
        "said": conversation(contract, current.id),
        "evidence": evidence_shown("claim", identity, person, contract),
        "steps": steps_for(person, contract, shown, current.status),
        "may_write": may_write,
        "form": form,
    }
    return render_contract(request, "cohort/claim.html", contract=contract, section="claims", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, contract_id: int, claim_id: int, action: str) -> HttpResponse:
    """One step of the claim's lifecycle: what it does to closed months is shown before it is taken."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not may_do_to_claim(person, contract, action):
        raise PermissionDenied
    identity, current, known = _claim(contract, claim_id)
    shown = claim_shown(contract, current, known)
    if action not in {each.action for each in steps_for(person, contract, shown, current.status)}:
        messages.error(request, f"This cannot be done to claim {current.id} now.")
        return HttpResponseRedirect(reverse("claim", args=[contract.pk, identity.pk]))
    form = ClaimStepForm(request.POST or None, request.FILES or None, action=action)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if form.attempt(
            lambda: services.act_on_claim(
                contract=contract,
                claim=current.id,
                action=action,
                text=said["text"],
                files=said.get("evidence", ()),
                by=person,
                clock=DATABASE_CLOCK,
            )
        ):
            return _done(request, f"{DONE[action]}: {current.id}", contract, identity)
    context = {
        "form": form,
        "heading": f"{ACTION_WORDS[action]} {current.id}",
        "lead": LEADS[action],
        "claim": shown,
        "effect": _effect(contract, current, action),
        "asked": _asked(contract, current) if action == "answer" else None,
        "button": ACTION_WORDS[action],
        "back": reverse("claim", args=[contract.pk, identity.pk]),
    }
    return render_contract(request, "cohort/claim_step.html", contract=contract, section="claims", context=context)


def _asked(contract: Contract, current: Claim) -> Said | None:
    """What the council wrote when it last queried the claim."""
    queries = [each for each in conversation(contract, current.id) if each.status == "queried" and each.text]
    return queries[-1] if queries else None


def _effect(contract: Contract, current: Claim, action: str) -> str:
    """What the step does to closed months; only to and from `agreed` anything changes."""
    after = CLAIM.after(current.status, action)
    if "agreed" not in (current.status, after):
        return ""
    return effect_words(contract, [replace(current, status=after)])


def _claim(contract: Contract, claim_id: int) -> tuple[ClaimIdentity, Claim, KnownFacts]:
    identity = get_object_or_404(ClaimIdentity, contract=contract, pk=claim_id)
    known = current_facts(contract)
    current = known.claims.get(identity.reference)
    if current is None:
        raise Http404("The claim was retracted.")
    return identity, current, known


def _done(request: HttpRequest, words: str, contract: Contract, identity: ClaimIdentity) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("claim", args=[contract.pk, identity.pk]))
