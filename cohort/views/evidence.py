"""Evidence: the files beside a fact, attaching more, opening one, and withdrawing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort import services
from cohort.forms.evidence import EvidenceForm, WithdrawEvidenceForm
from cohort.models import Contract, Evidence, Identity, PlacementVersion
from cohort.models.evidence import SUBJECTS
from cohort.pages.access import contract_for, render_contract
from cohort.pages.evidence import KIND_WORDS, evidence_shown
from cohort.queries.evidence import evidence_in
from cohort.rules import may_add_facts, may_open_evidence, may_withdraw_evidence
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download, person_of
from pbr_ledger.uploads import FileDamaged, kept

SECTIONS = {"claim": "claims", "household": "carers", "placement": "cohort", "expense": "expenses"}


@require_safe
def beside(request: HttpRequest, contract_id: int, kind: str, fact_id: int) -> HttpResponse:
    """The files beside a household, placement or expense; those of a claim stand on its own page."""
    contract = contract_for(request, contract_id)
    fact = _fact(contract, kind, fact_id)
    context = {
        "evidence": evidence_shown(kind, fact, person_of(request), contract),
        "kind": KIND_WORDS[kind],
        "back": _back(contract, kind, fact),
    }
    return render_contract(request, "cohort/evidence.html", contract=contract, section=SECTIONS[kind], context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, contract_id: int, kind: str, fact_id: int) -> HttpResponse:
    """The form that attaches files to a fact."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not may_add_facts(person, contract):
        raise PermissionDenied
    fact = _fact(contract, kind, fact_id)
    form = (
        EvidenceForm(request.POST or None, request.FILES or None)
        if request.FILES
        else EvidenceForm(request.POST or None)
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and form.attempt(
            lambda: services.attach_evidence(
                contract=contract,
                kind=kind,
                fact=fact,
                files=form.cleaned_data["evidence"],
                by=person,
                clock=DATABASE_CLOCK,
            )
        )
    ):
        messages.success(request, "Evidence attached")
        return HttpResponseRedirect(_address(contract, kind, fact))
    context = {
        "form": form,
        "heading": f"Attach evidence to {KIND_WORDS[kind]} {fact}",
        "button": "Attach the files",
        "back": _address(contract, kind, fact),
    }
    template = "contract_form.html"
    return render_contract(request, template, contract=contract, section=SECTIONS[kind], context=context)


@require_safe
def evidence(request: HttpRequest, contract_id: int, evidence_id: int) -> HttpResponseBase:
    """The file, to keep; never shown in the page."""
    contract = contract_for(request, contract_id)
    row = _evidence(contract, evidence_id)
    if not may_open_evidence(person_of(request), contract, row):
        raise Http404("The file was withdrawn.")
    try:
        content = kept(row.kept_as, sha256=row.sha256)
    except FileDamaged as refusal:
        context = {"refusal": refusal, "file": row}
        template = "cohort/evidence_damaged.html"
        return render_contract(request, template, contract=contract, section="", context=context, status=500)
    return download(request, content, name=row.name, media_type=row.media_type, sha256=row.sha256)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, contract_id: int, evidence_id: int) -> HttpResponse:
    """The form that withdraws a file, with a reason."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    row = _evidence(contract, evidence_id)
    kind, fact = _beside(row)
    if not may_withdraw_evidence(person, contract, row):
        raise PermissionDenied
    form = WithdrawEvidenceForm(request.POST or None, evidence=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.attempt(
            lambda: services.withdraw_evidence(
                contract=contract, evidence=row, reason=form.cleaned_data["reason"], by=person, clock=DATABASE_CLOCK
            )
        )
    ):
        messages.success(request, "Evidence withdrawn")
        return HttpResponseRedirect(_address(contract, kind, fact))
    context = {
        "form": form,
        "heading": f"Withdraw “{row.name}”",
        "lead": "The list goes on naming the file, with your reason. Only the council can still open it.",
        "button": "Withdraw the file",
        "back": _address(contract, kind, fact),
    }
    template = "contract_form.html"
    return render_contract(request, template, contract=contract, section=SECTIONS[kind], context=context)


def _fact(contract: Contract, kind: str, fact_id: int) -> Identity:
    if kind not in SUBJECTS:
        raise Http404("There is no such kind of fact.")
    return get_object_or_404(SUBJECTS[kind], contract=contract, pk=fact_id)


def _evidence(contract: Contract, evidence_id: int) -> Evidence:
    return get_object_or_404(evidence_in(contract), pk=evidence_id)


def _beside(row: Evidence) -> tuple[str, Identity]:
    """The kind and the fact beside which the file stands."""
    kind = next(kind for kind in SUBJECTS if getattr(row, f"{kind}_id") is not None)
    return kind, row.fact


def _address(contract: Contract, kind: str, fact: Identity) -> str:
    if kind == "claim":
        return reverse("claim", args=[contract.pk, fact.pk])
    return reverse("evidence-beside", args=[contract.pk, kind, fact.pk])


def _back(contract: Contract, kind: str, fact: Identity) -> str:
    """The list that the fact stands in; of a placement the page of the child that lives there."""
    if kind == "placement":
        version = PlacementVersion.objects.filter(fact_id=fact.pk).latest("recorded_at")
        return reverse("child", args=[contract.pk, version.child_id])
    routes = {"claim": "claims", "household": "carers", "expense": "expenses"}
    return reverse(routes[kind], args=[contract.pk])
