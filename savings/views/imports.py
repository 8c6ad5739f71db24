"""Facts out of a file: templates, the file brought, what its rows would do, and all of it recorded."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort import services
from cohort.core.sheets import kinds
from cohort.core.sheets.plan import Plan
from cohort.core.sheets.rows import MOST_PROBLEMS, Given, Wrong, given, kept_read
from cohort.forms.imports import ImportForm
from cohort.models import Contract, PendingImport
from cohort.pages.access import contract_for, render_contract
from cohort.pages.import_templates import kinds_for, template_csv, template_xlsx
from cohort.queries.imports import pending_import
from cohort.rules import may_add_facts
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download, page_of_rows, person_of
from pbr_ledger.uploads import UploadRefused
from pbr_ledger.uploads.content import MEDIA_TYPES, cleaned_name
from pbr_ledger.uploads.sheets import Bounds, read_sheets
from savings.pages.effects import effect_shown
from savings.pages.imports import (
    counts_words,
    passed_over_words,
    proposals_words,
    recorded_words,
    row_shown,
    sheets_words,
    wrong_words,
)

BOUNDS = Bounds(rows=kinds.MOST_ROWS, columns=kinds.MOST_COLUMNS, characters=kinds.MOST_CHARACTERS)
GONE = "What you brought is recorded, was replaced by another file, or has been kept for a day. Choose the file again."


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form for a file; what is wrong in it, row by row; or on to what it would do."""
    contract = _contract(request, contract_id)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if not form.is_bound or not form.is_valid():
        return _form_page(request, contract, form)
    try:
        found = _read(form)
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
        return _form_page(request, contract, form)
    wrong = found.wrong or list(services.plan_import(contract=contract, rows=found.rows, by=person_of(request)).wrong)
    if wrong:
        form.add_error("file", wrong_words(cleaned_name(form.cleaned_data["file"].name), wrong))
        return _form_page(request, contract, form, wrong)
    return HttpResponseRedirect(reverse("import-check", args=[contract.pk, _kept(request, contract, form, found).pk]))


def _read(form: ImportForm) -> Given:
    upload, encoding = form.cleaned_data["file"], form.cleaned_data["encoding"]
    return given(read_sheets(upload.name, upload.content, bounds=BOUNDS, encoding=encoding))


def _kept(request: HttpRequest, contract: Contract, form: ImportForm, found: Given) -> PendingImport:
    upload = form.cleaned_data["file"]
    sha256 = hashlib.sha256(upload.content).hexdigest()
    source = services.SourceFile(cleaned_name(upload.name), sha256, found.passed_over)
    return services.keep_import(
        contract=contract, rows=found.rows, source=source, by=person_of(request), clock=DATABASE_CLOCK
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, contract_id: int, import_id: int) -> HttpResponse:
    """What the rows would do; and all of it recorded, or forgotten, at the press of a button."""
    contract = _contract(request, contract_id)
    person = person_of(request)
    at = DATABASE_CLOCK.read(after=None)
    waiting = pending_import(contract=contract, person=person, key=import_id, at=at)
    if waiting is None:
        messages.error(request, GONE)
        return HttpResponseRedirect(reverse("import", args=[contract.pk]))
    step = request.POST.get("step", "")
    if step == "discard":
        services.discard_import(contract=contract, key=import_id, by=person)
        messages.success(request, "The file is put aside. Nothing was recorded.")
        return HttpResponseRedirect(reverse("import", args=[contract.pk]))
    if step == "record":
        return _record(request, contract, waiting)
    return _check_page(request, contract, waiting)


def _record(request: HttpRequest, contract: Contract, waiting: PendingImport) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        plan = services.record_import(
            contract=contract, key=waiting.pk, seen=seen, by=person_of(request), clock=DATABASE_CLOCK
        )
    except services.ImportGone:
        messages.error(request, GONE)
        return HttpResponseRedirect(reverse("import", args=[contract.pk]))
    except services.ImportChanged as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("import-check", args=[contract.pk, waiting.pk]))
    messages.success(request, recorded_words(plan))
    return HttpResponseRedirect(reverse("cohort", args=[contract.pk]))


@require_safe
def template(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """The workbook to fill in."""
    contract = _contract(request, contract_id)
    content = template_xlsx(kinds_for(person_of(request), contract))
    return _file(request, content, "Facts to import.xlsx", MEDIA_TYPES["xlsx"])


@require_safe
def template_of_sheet(request: HttpRequest, contract_id: int, sheet: str) -> HttpResponseBase:
    """The headings of one sheet as CSV."""
    contract = _contract(request, contract_id)
    kind = next((kind for kind in kinds_for(person_of(request), contract) if kind.key == sheet), None)
    if kind is None:
        raise Http404("There is no such sheet.")
    return _file(request, template_csv(kind), f"{kind.name}.csv", "text/csv; charset=utf-8")


def _file(request: HttpRequest, content: bytes, name: str, media_type: str) -> HttpResponseBase:
    sha256 = hashlib.sha256(content).hexdigest()
    return download(request, content, name=name, media_type=media_type, sha256=sha256)


def _contract(request: HttpRequest, contract_id: int) -> Contract:
    """The contract, for somebody of either side who records facts; forbidden to those who only read."""
    contract = contract_for(request, contract_id)
    if not may_add_facts(person_of(request), contract):
        raise PermissionDenied("Only the council’s officers and the provider’s staff import facts.")
    return contract


def _form_page(
    request: HttpRequest, contract: Contract, form: ImportForm, wrong: list[Wrong] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "wrong": (wrong or [])[:MOST_PROBLEMS],
        "there_is_more": len(wrong or ()) > MOST_PROBLEMS,
        "sheets": sheets_words(kinds_for(person_of(request), contract)),
        "most_rows": f"{kinds.MOST_ROWS:,}",
    }
    return render_contract(request, "savings/import.html", contract=contract, section="cohort", context=context)


def _check_page(request: HttpRequest, contract: Contract, waiting: PendingImport) -> HttpResponse:
    plan = services.plan_import(contract=contract, rows=kept_read(waiting.rows), by=person_of(request))
    page = page_of_rows(request, plan.outcomes)
    context: dict[str, Any] = {
        "waiting": waiting,
        "wrong": plan.wrong[:MOST_PROBLEMS],
        "counts": counts_words(plan),
        "proposals": proposals_words(plan),
        "passed_over": passed_over_words(waiting.passed_over),
        "page": page,
        "rows": [row_shown(outcome, plan) for outcome in page.object_list],
        **_confirmation(contract, plan),
    }
    return render_contract(request, "savings/import_check.html", contract=contract, section="cohort", context=context)


def _confirmation(contract: Contract, plan: Plan) -> dict[str, Any]:
    """What can be confirmed, by its digest, and what that does to closed months; nothing where something is wrong."""
    if plan.wrong or plan.changes_nothing:
        return {"may_record": False}
    effect = effect_shown(contract=contract, facts=plan.facts) if plan.facts else None
    return {"may_record": True, "seen": services.digest_of_plan(plan), "effect": effect}
