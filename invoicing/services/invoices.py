"""The life of an invoice or credit note: issued by the provider, approved or held by the council."""

from datetime import datetime, timedelta
from decimal import Decimal

from cohort.models import Contract
from cohort.queries import terms_version_in_force
from cohort.services import checked_at_once
from invoicing import rules
from invoicing.core.charges import OF_THE_FIXED_FEE
from invoicing.core.entries import ChargedLine, invoice_legs
from invoicing.core.particulars import ElectronicAddress, Particulars, Party
from invoicing.lifecycles import DRAFT, INVOICE
from invoicing.models import CREDIT_NOTE, DOCUMENT_NAMES, ContractBalance, Invoice, InvoicingTerms
from invoicing.queries.invoices import invoicing_terms_at
from invoicing.queries.ledger import expense_day
from invoicing.services.announcements import tell_of_invoice, warn_of_maximum
from invoicing.services.drafts import draft_from_statement, release_parked
from invoicing.services.ground import (
    locked_invoice,
    move,
    note,
    require,
    require_length,
    require_party,
    require_reason,
    stamp,
)
from invoicing.services.ledger import balance_of, count, narrative_of, post
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError
from pbr_ledger.jobs.services import enqueue, send_soon
from pbr_ledger.periods import day_of
from pbr_ledger.webhooks.events import WEBHOOK
from pbr_ledger.words import month_shown

__all__ = ["approve", "draft_from_statement", "hold", "issue", "release", "release_parked"]

LONGEST_REFERENCE = 50


class CorrectsADraft(LedgerError):
    """A credit note names the invoices that it corrects by their numbers, and one of them has none yet."""


def issue(*, invoice: Invoice, by: Person, clock: Clock, provider_reference: str = "") -> Invoice:
    """The invoice, issued: with the contract's next number, its particulars frozen, and the day on which it is due.

    Its documents are asked for with it. Issued on the clock's day in London, due as many days later as the invoicing
    terms say. Raises `CorrectsADraft`, `ActionNotPossible` the second time, `NotPermitted`, and `NotFound` to those
    outside the contract.
    """
    with checked_at_once():
        require_party(by, invoice.contract)
        contract, invoice = locked_invoice(invoice)
        require(rules.may_issue(by, contract), "An invoice is issued by the provider’s staff.")
        require_length("provider_reference", provider_reference, LONGEST_REFERENCE)
        INVOICE.after(invoice.status, "issue")
        _require_corrected_are_issued(invoice)
        at = stamp(contract, clock)
        terms = invoicing_terms_at(contract=contract, at=at)
        move(
            invoice,
            "issue",
            by=by,
            at=at,
            number=_next_number(contract),
            provider_reference=provider_reference,
            issued_on=day_of(at),
            due_on=day_of(at) + timedelta(days=terms.payment_days),
            issued_by=by,
            particulars=_particulars(invoice, terms),
        )
        detail = {"gross": str(invoice.gross), "due_on": invoice.due_on.isoformat() if invoice.due_on else ""}
        note(contract, by, f"{invoice.kind}.issued", invoice, detail, at)
        tell_of_invoice(invoice, "issued", by=by, at=at)
        for document in DOCUMENT_NAMES:
            enqueue(kind=document, key=str(invoice.pk), subject=str(invoice), organisation_id=contract.council_id)
    return invoice


def approve(*, invoice: Invoice, by: Person, clock: Clock) -> Invoice:
    """The issued invoice, approved and posted: it is payable from now on; of a credit note the credit can be used.

    Raises `OverMaximum` past the maximum contract value unless a variation is recorded, `OverCap` past the cap of the
    fixed fee, `NotPermitted` to whoever proposed the statement or issued the invoice, `ActionNotPossible`, `NotFound`.
    """
    with checked_at_once():
        require_party(by, invoice.contract)
        contract, invoice = locked_invoice(invoice)
        otherwise = "An invoice is approved by an officer of the council other than who proposed the statement."
        require(rules.may_approve(by, invoice), otherwise)
        at = stamp(contract, clock)
        move(invoice, "approve", by=by, at=at, approved_by=by)
        _count(invoice, contract, by, at)
        _post(contract, invoice, by, at)
        note(contract, by, f"{invoice.kind}.approved", invoice, {"gross": str(invoice.gross)}, at)
        tell_of_invoice(invoice, "approved", by=by, at=at)
        send_soon(kind=WEBHOOK)
    return invoice


def hold(*, invoice: Invoice, reason: str, by: Person, clock: Clock) -> Invoice:
    """The issued invoice, held for the reason: it is not approved until it is released.

    Raises `ReasonMissing`, `ActionNotPossible`, `NotPermitted`, and `NotFound` to those outside the contract.
    """
    require_reason(reason, "Say why the invoice is held.")
    return _held_or_released(invoice, "hold", "held", reason, by, clock)


def release(*, invoice: Invoice, by: Person, clock: Clock, reason: str = "") -> Invoice:
    """The held invoice, issued as before and waiting for approval. Raises as `hold` does."""
    return _held_or_released(invoice, "release", "released", reason, by, clock)


def _held_or_released(invoice: Invoice, action: str, done: str, reason: str, by: Person, clock: Clock) -> Invoice:
    with checked_at_once():
        require_party(by, invoice.contract)
        contract, invoice = locked_invoice(invoice)
        require(rules.may_hold(by, contract), f"An invoice is {done} by an officer of the council.")
        at = stamp(contract, clock)
        move(invoice, action, by=by, at=at, reason=reason)
        note(contract, by, f"{invoice.kind}.{done}", invoice, {"reason": reason}, at)
        tell_of_invoice(invoice, done, by=by, at=at)
        send_soon(kind=WEBHOOK)
    return invoice


# Issuing


def _require_corrected_are_issued(invoice: Invoice) -> None:
    draft = invoice.corrects.filter(status=DRAFT).select_related("statement").order_by("statement__month_start").first()
    if draft is not None:
        month = month_shown(draft.statement.month)
        raise CorrectsADraft(f"This credit note corrects the invoice of {month}: issue that one first.")


def _next_number(contract: Contract) -> int:
    """The next number, without gaps: the row is locked, and a rolled back issue gives its number back."""
    balance = ContractBalance.objects.select_for_update().filter(pk=contract.pk).first() or balance_of(contract)
    balance.last_invoice_number += 1
    balance.save(update_fields=["last_invoice_number"])
    return balance.last_invoice_number


def _particulars(invoice: Invoice, terms: InvoicingTerms) -> Particulars:
    statement = invoice.statement
    contract = Contract.objects.select_related("council", "provider", "agent").get(pk=invoice.contract_id)
    version = terms_version_in_force(contract=contract, month=statement.month, at=statement.known_at)
    return Particulars(
        council=_party(contract.council),
        provider=_party(contract.provider),
        agent=_party(contract.agent),
        contract_title=contract.title,
        decision_reference=contract.decision_reference,
        decision_on=contract.decision_on.isoformat(),
        terms_recorded_on=day_of(version.recorded_at).isoformat(),
        terms_effective_from=version.effective_from.isoformat(),
        bank_reference=terms.bank_reference,
        order_reference=terms.order_reference,
        payment_days=terms.payment_days,
    )


def _party(organisation: Organisation) -> Party:
    """The party as its organisation is recorded now; without an electronic address where it has none."""
    party = Party(
        name=organisation.name,
        address=organisation.address,
        reference=organisation.reference,
        vat_number=organisation.vat_number,
        company_number=organisation.company_number,
    )
    if organisation.electronic_identifier:
        scheme, identifier = organisation.electronic_scheme, organisation.electronic_identifier
        party["electronic_address"] = ElectronicAddress(scheme=scheme, identifier=identifier)
    return party


# Approving


def _count(invoice: Invoice, contract: Contract, by: Person, at: datetime) -> None:
    """Count the invoice in the contract's running columns, unless a limit is passed; warn where one comes near."""
    direction = -1 if invoice.kind == CREDIT_NOTE else 1
    fixed_fee = sum((line.net for line in invoice.lines.all() if line.charge in OF_THE_FIXED_FEE), Decimal("0.00"))
    what = f"{invoice} approved"
    balance = balance_of(contract)
    before = balance.approved
    count(balance, net=direction * invoice.net, fixed_fee=direction * fixed_fee, what=what)
    warn_of_maximum(contract, before=before, after=balance.approved, maximum=balance.maximum, by=by, at=at)


def _post(contract: Contract, invoice: Invoice, by: Person, at: datetime) -> None:
    month = invoice.statement.month
    effective_on = expense_day(contract, month.last_day)
    word = "Credit note" if invoice.kind == CREDIT_NOTE else "Invoice"
    post(
        contract=contract,
        key=f"{invoice.kind} {invoice.number}",
        kind=invoice.kind,
        narrative=narrative_of(
            f"{word} {invoice.number}, statement of {month_shown(month)}", month.last_day, effective_on
        ),
        effective_on=effective_on,
        legs=invoice_legs(
            (ChargedLine(line.charge, line.net, line.vat) for line in invoice.lines.order_by("position")),
            is_credit=invoice.kind == CREDIT_NOTE,
        ),
        by=by,
        at=at,
    )
