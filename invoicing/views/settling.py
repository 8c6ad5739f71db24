"""What the paying agent's clerk records: payments, set-offs, repayments, and reversals of what was an error."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from invoicing.forms.invoices import ReasonForm
from invoicing.forms.payments import PaymentForm, RepaymentForm, SetOffForm
from invoicing.lifecycles import OWED_STATUSES
from invoicing.models import CREDIT_NOTE, Invoice, Payment, SetOff
from invoicing.pages.words import amount_shown, title_in_text
from invoicing.queries.invoices import payable_invoices, still_to_settle
from invoicing.queries.payables import contracts_paid_by
from invoicing.services import payments as services
from invoicing.views.ground import today
from invoicing.views.payables import clerk_of, payable_for
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.forms import LedgerForm

asks = require_http_methods(["GET", "HEAD", "POST"])

INVOICES_AT_ONCE = 50
"""To which one payment can be allocated: those due first."""


@asks
def pay(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A payment to one provider, for one or more invoices of a contract; `?invoice=` fills one in."""
    clerk = clerk_of(request)
    contract = get_object_or_404(contracts_paid_by(clerk).select_related("provider"), pk=contract_id)
    invoices = list(payable_invoices(contract)[:INVOICES_AT_ONCE])
    if not invoices:
        messages.info(request, f"Nothing is left to pay under {contract.reference}.")
        return HttpResponseRedirect(reverse("payables"))
    posted = request.POST if request.method == "POST" else None
    form = PaymentForm(posted, invoices=invoices, today=today(), initial=_whole(request, invoices))

    def act() -> None:
        services.record_payment(
            contract=contract,
            amount=form.cleaned_data["amount"],
            paid_on=form.cleaned_data["paid_on"],
            remittance_reference=form.cleaned_data["remittance_reference"],
            allocations=form.allocations,
            by=clerk,
            clock=DATABASE_CLOCK,
        )

    def done() -> str:
        return f"The payment of {amount_shown(form.cleaned_data['amount'])} is recorded."

    return _answer(
        request,
        form,
        act,
        done,
        then=reverse("payables-recorded"),
        back=reverse("payables"),
        heading=f"Record a payment to {contract.provider.name}",
        caption=contract.reference,
        button="Record this payment",
    )


def _whole(request: HttpRequest, invoices: list[Invoice]) -> dict[str, Any]:
    """The invoice that the address names, or the only one, paid in full."""
    wanted = request.GET.get("invoice", "")
    for invoice in invoices:
        if str(invoice.pk) == wanted or len(invoices) == 1:
            left = f"{still_to_settle(invoice):,}"
            return {"amount": left, f"share_{invoice.pk}": left}
    return {}


@asks
def set_off(request: HttpRequest, payable_id: int) -> HttpResponse:
    """Credit used against an invoice of the same contract: no money moves."""
    credit = payable_for(request, payable_id)
    invoices = list(payable_invoices(credit.contract)[:INVOICES_AT_ONCE])
    if (elsewhere := _elsewhere(request, credit)) is not None:
        return elsewhere
    if not invoices:
        messages.info(
            request, f"There is no invoice of {credit.contract.reference} to use it against: it can be repaid."
        )
        return HttpResponseRedirect(reverse("payable", args=[credit.pk]))
    posted = request.POST if request.method == "POST" else None
    most = min(still_to_settle(credit), still_to_settle(invoices[0]))
    form = SetOffForm(posted, credit_note=credit, invoices=invoices, initial={"amount": f"{most:,}"})

    def act() -> None:
        amount, clerk = form.cleaned_data["amount"], clerk_of(request)
        services.set_off(credit_note=credit, invoice=form.chosen, amount=amount, by=clerk, clock=DATABASE_CLOCK)

    def done() -> str:
        return f"{amount_shown(form.cleaned_data['amount'])} of {title_in_text(credit)} is set off."

    return _answer(
        request,
        form,
        act,
        done,
        then=reverse("payable", args=[credit.pk]),
        back=reverse("payable", args=[credit.pk]),
        heading=f"Set {title_in_text(credit)} off",
        caption=credit.contract.reference,
        lead=f"{amount_shown(still_to_settle(credit))} of credit is left. No money moves: that much less is paid.",
        button="Set the credit off",
    )


@asks
def repay(request: HttpRequest, payable_id: int) -> HttpResponse:
    """Credit that the provider paid back in cash."""
    credit = payable_for(request, payable_id)
    if (elsewhere := _elsewhere(request, credit)) is not None:
        return elsewhere
    posted = request.POST if request.method == "POST" else None
    initial = {"amount": f"{still_to_settle(credit):,}"}
    form = RepaymentForm(posted, credit_note=credit, today=today(), initial=initial)

    def act() -> None:
        services.repay_credit(
            credit_note=credit,
            amount=form.cleaned_data["amount"],
            paid_on=form.cleaned_data["paid_on"],
            remittance_reference=form.cleaned_data["remittance_reference"],
            by=clerk_of(request),
            clock=DATABASE_CLOCK,
        )

    def done() -> str:
        return f"The repayment of {amount_shown(form.cleaned_data['amount'])} is recorded."

    return _answer(
        request,
        form,
        act,
        done,
        then=reverse("payable", args=[credit.pk]),
        back=reverse("payable", args=[credit.pk]),
        heading=f"Record a repayment of {title_in_text(credit)}",
        caption=credit.contract.reference,
        lead=f"{amount_shown(still_to_settle(credit))} is left, which {credit.contract.provider.name} repays in cash.",
        button="Record this repayment",
    )


@asks
def reverse_payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """A payment or repayment that was recorded in error, taken back whole, with the reason."""
    clerk = clerk_of(request)
    rows = Payment.objects.filter(contract__in=contracts_paid_by(clerk)).select_related("contract", "reversal")
    payment = get_object_or_404(rows, pk=payment_id)
    listed = reverse("payables-recorded")
    if payment.reverses_id or hasattr(payment, "reversal"):
        messages.info(request, f"{payment.remittance_reference} is taken back already.")
        return HttpResponseRedirect(listed)
    form = _what_was_wrong(request)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        services.reverse_payment(payment=payment, reason=reason, by=clerk, clock=DATABASE_CLOCK)

    return _answer(
        request,
        form,
        act,
        lambda: f"{payment.remittance_reference} is taken back.",
        then=listed,
        back=listed,
        heading=f"Take back {payment.kind} {payment.remittance_reference}",
        caption=payment.contract.reference,
        lead=f"{amount_shown(payment.amount)}, recorded in error. What it settled is open again. Both stay on record.",
        button=f"Take back this {payment.kind}",
    )


@asks
def reverse_set_off(request: HttpRequest, set_off_id: int) -> HttpResponse:
    """A set-off that was recorded in error, taken back whole, with the reason."""
    clerk = clerk_of(request)
    rows = SetOff.objects.filter(contract__in=contracts_paid_by(clerk)).select_related(
        "contract", "reversal", "credit_note__statement", "invoice__statement"
    )
    use = get_object_or_404(rows, pk=set_off_id)
    listed, what = reverse("payables-recorded"), f"set-off of {title_in_text(use.credit_note)}"
    if use.reverses_id or hasattr(use, "reversal"):
        messages.info(request, f"The {what} is taken back already.")
        return HttpResponseRedirect(listed)
    form = _what_was_wrong(request)

    def act() -> None:
        services.reverse_set_off(made=use, reason=form.cleaned_data["reason"], by=clerk, clock=DATABASE_CLOCK)

    return _answer(
        request,
        form,
        act,
        lambda: f"The {what} is taken back.",
        then=listed,
        back=listed,
        heading=f"Take back the {what}",
        caption=use.contract.reference,
        lead=f"{amount_shown(use.amount)} against {title_in_text(use.invoice)}, recorded in error. Both open again.",
        button="Take back this set-off",
    )


def _what_was_wrong(request: HttpRequest) -> ReasonForm:
    posted = request.POST if request.method == "POST" else None
    hint = "Council and provider read this."
    return ReasonForm(posted, label="What was wrong", missing="Say what was wrong", hint=hint)


def _elsewhere(request: HttpRequest, credit: Invoice) -> HttpResponse | None:
    """On to its page, where nothing of it can be used: an invoice, or credit that is used up."""
    if credit.kind == CREDIT_NOTE and credit.status in OWED_STATUSES:
        return None
    messages.info(request, f"There is no credit to use of {title_in_text(credit)}.")
    return HttpResponseRedirect(reverse("payable", args=[credit.pk]))


def _answer(
    request: HttpRequest,
    form: LedgerForm,
    act: Callable[[], None],
    done: Callable[[], str],
    *,
    then: str,
    back: str,
    **words: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and form.attempt(act):
        messages.success(request, done())
        return HttpResponseRedirect(then)
    return render(request, "invoicing/payables_form.html", {"form": form, "back": back, **words})
