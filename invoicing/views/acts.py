"""Issuing, approving, holding and releasing: each a page that asks, and one call."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort.pages.access import contract_for, render_contract
from invoicing import rules
from invoicing.forms.invoices import ConfirmForm, IssueForm, ReasonForm
from invoicing.lifecycles import INVOICE
from invoicing.models import Invoice, ParkedStatement
from invoicing.pages.approval import approval_page
from invoicing.pages.issuing import issuing_page
from invoicing.pages.words import kind_in_text, status_shown, title_in_text, title_of
from invoicing.services import invoices as services
from invoicing.views.ground import invoice_to, today
from invoicing.views.invoices import SECTION
from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.forms import LedgerForm
from pbr_ledger.pages import person_of
from pbr_ledger.words import day_shown, month_shown

asks = require_http_methods(["GET", "HEAD", "POST"])


@asks
def issue(request: HttpRequest, contract_id: int, invoice_id: int) -> HttpResponse:
    """The provider issues a draft: it gets its number, its date and its due day, and its documents are made."""
    invoice = invoice_to(request, contract_id, invoice_id, "issue")
    form = IssueForm(request.POST) if request.method == "POST" else IssueForm()

    def act() -> None:
        services.issue(
            invoice=invoice,
            provider_reference=form.cleaned_data["provider_reference"].strip(),
            by=person_of(request),
            clock=DATABASE_CLOCK,
        )

    context = issuing_page(invoice, today=today())
    return _answer(request, invoice, "issue", form, act, template="invoicing/issue.html", context=context)


@asks
@identity_confirmed
def approve(request: HttpRequest, contract_id: int, invoice_id: int) -> HttpResponse:
    """An officer approves an issued invoice, having seen what it does to the maximum contract value."""
    invoice = invoice_to(request, contract_id, invoice_id, "approve")
    form = ConfirmForm(request.POST) if request.method == "POST" else ConfirmForm()

    def act() -> None:
        services.approve(invoice=invoice, by=person_of(request), clock=DATABASE_CLOCK)

    context = approval_page(invoice)
    return _answer(request, invoice, "approve", form, act, template="invoicing/approve.html", context=context)


@asks
def hold(request: HttpRequest, contract_id: int, invoice_id: int) -> HttpResponse:
    """An officer holds an issued invoice, and says why."""
    invoice = invoice_to(request, contract_id, invoice_id, "hold")
    form = _reason(request, label="Why it is held", missing="Say why it is held", hint="The provider reads this.")

    def act() -> None:
        services.hold(invoice=invoice, reason=form.cleaned_data["reason"], by=person_of(request), clock=DATABASE_CLOCK)

    context: dict[str, object] = {
        "heading": f"Hold {title_in_text(invoice)}",
        "lead": "Nobody can approve it until it is released. It stays due on the same day.",
        "button": f"Hold this {kind_in_text(invoice)}",
    }
    return _answer(request, invoice, "hold", form, act, template="contract_form.html", context=context)


@asks
def release(request: HttpRequest, contract_id: int, invoice_id: int) -> HttpResponse:
    """An officer releases a held invoice: it waits for approval again."""
    invoice = invoice_to(request, contract_id, invoice_id, "release")
    form = _reason(request, label="What has been settled (optional)", hint="The provider reads this.")

    def act() -> None:
        reason = form.cleaned_data["reason"]
        services.release(invoice=invoice, reason=reason, by=person_of(request), clock=DATABASE_CLOCK)

    context: dict[str, object] = {
        "heading": f"Release {title_in_text(invoice)}",
        "lead": "It waits for approval again.",
        "button": f"Release this {kind_in_text(invoice)}",
    }
    return _answer(request, invoice, "release", form, act, template="contract_form.html", context=context)


@asks
def release_parked(request: HttpRequest, contract_id: int, parked_id: int) -> HttpResponse:
    """A Lead Accountant who did not close it says why a statement outside its bounds may be invoiced as it is."""
    contract = contract_for(request, contract_id, erased_too=True)
    rows = ParkedStatement.objects.select_related("statement__contract", "statement__proposal")
    parked = get_object_or_404(rows, pk=parked_id, statement__contract=contract)
    person, month = person_of(request), month_shown(parked.statement.month)
    if not rules.may_release_parked(person, parked.statement):
        raise PermissionDenied
    back = reverse("invoices", args=[contract.pk])
    if parked.released_at:
        messages.info(request, f"The statement of {month} was released already.")
        return HttpResponseRedirect(back)
    missing = "Say why this statement may be invoiced as it is"
    form = _reason(request, label="Why it may be invoiced as it is", missing=missing)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        services.release_parked(parked=parked, reason=reason, by=person, clock=DATABASE_CLOCK)

    if request.method == "POST" and form.is_valid() and form.attempt(act):
        messages.success(request, f"The statement of {month} is released, and what it makes payable is drafted.")
        return HttpResponseRedirect(back)
    context = {
        "form": form,
        "heading": f"Release the statement of {month}",
        "findings": parked.findings.splitlines(),
        "button": "Release the statement",
        "back": back,
    }
    return render_contract(
        request, "invoicing/release_parked.html", contract=contract, section=SECTION, context=context
    )


DONE = {
    "issue": "{title} is issued, due by {due}.",
    "approve": "{title} is approved.",
    "hold": "{title} is held.",
    "release": "{title} is released.",
}


def _answer(
    request: HttpRequest,
    invoice: Invoice,
    action: str,
    form: LedgerForm,
    act: Callable[[], None],
    *,
    template: str,
    context: dict[str, object],
) -> HttpResponse:
    """The page that asks; or on to the invoice, where the act is done, or is not possible any more."""
    back = reverse("invoice", args=[invoice.contract_id, invoice.pk])
    if action not in INVOICE.actions_from(invoice.status):
        messages.info(request, f"{title_of(invoice)} is {status_shown(invoice)[0].lower()}: this was done before.")
        return HttpResponseRedirect(back)
    if request.method == "POST" and form.is_valid() and form.attempt(act):
        invoice.refresh_from_db()
        due = day_shown(invoice.due_on) if invoice.due_on else ""
        messages.success(request, DONE[action].format(title=title_of(invoice), due=due))
        return HttpResponseRedirect(back)
    return render_contract(
        request, template, contract=invoice.contract, section=SECTION, context={"form": form, "back": back, **context}
    )


def _reason(request: HttpRequest, *, label: str, missing: str = "", hint: str = "") -> ReasonForm:
    posted = request.POST if request.method == "POST" else None
    return ReasonForm(posted, label=label, missing=missing, hint=hint)
