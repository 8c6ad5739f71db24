"""How a contract's invoices are made out, and by how much a variation raises what it may come to."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from cohort.models import Contract
from cohort.services import checked_at_once, locked
from invoicing import rules
from invoicing.core.charges import CHARGES, EXEMPT, VAT_TREATMENTS
from invoicing.models import ContractVariation, InvoicingTerms
from invoicing.services.ground import (
    note,
    require,
    require_amount,
    require_length,
    require_party,
    require_reason,
    stamp,
)
from invoicing.services.ledger import balance_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused

LONGEST_REFERENCE = 100
MOST_PAYMENT_DAYS = 365
STANDARD_VAT_RATE = Decimal("0.2000")


def record_invoicing_terms(
    *,
    contract: Contract,
    by: Person,
    clock: Clock,
    vat_treatments: Mapping[str, str] | None = None,
    vat_rate: Decimal = STANDARD_VAT_RATE,
    payment_days: int = 30,
    agent_margin_rate: Decimal = Decimal(0),
    bank_reference: str = "",
    order_reference: str = "",
) -> InvoicingTerms:
    """The version just recorded: it applies to what is drafted and issued from now on, and changes no invoice before.

    A kind of charge that `vat_treatments` leaves out is exempt. Rates are shares, of at most four places. Only the
    council's Lead Accountant keeps these terms. Raises `Refused`, `NotPermitted`, `NotFound`.
    """
    treatments = dict(vat_treatments or {})
    with checked_at_once():
        require_party(by, contract)
        contract = locked(contract, erased_too=True)
        require(rules.may_record_invoicing_terms(by, contract), "Only the Lead Accountant keeps the invoicing terms.")
        if problems := [*_vat_problems(treatments), *_rate_problems(vat_rate, agent_margin_rate, payment_days)]:
            raise Refused(problems)
        require_length("bank_reference", bank_reference, LONGEST_REFERENCE)
        require_length("order_reference", order_reference, LONGEST_REFERENCE)
        at = stamp(contract, clock)
        terms = InvoicingTerms.objects.create(
            contract=contract,
            recorded_at=at,
            recorded_by=by,
            vat_treatments=treatments,
            vat_rate=vat_rate,
            payment_days=payment_days,
            agent_margin_rate=agent_margin_rate,
            bank_reference=bank_reference,
            order_reference=order_reference,
        )
        _note_terms(terms, by, at)
    return terms


def record_variation(
    *, contract: Contract, reference: str, maximum_value: Decimal, reason: str, by: Person, clock: Clock
) -> ContractVariation:
    """The variation just recorded: from now on the contract may come to so many pounds.

    The highest of the terms' maximum value and of all variations holds (docs/contract.md 9.1). Only the council's Lead
    Accountant records one. Raises `Refused`, `ReasonMissing`, `NotPermitted`, `NotFound`.
    """
    with checked_at_once():
        require_party(by, contract)
        contract = locked(contract, erased_too=True)
        require(rules.may_record_variation(by, contract), "Only the Lead Accountant records a variation.")
        require_reason(reason, "Say why the contract is varied.")
        require_length("reference", reference, LONGEST_REFERENCE)
        if not reference.strip():
            raise Refused([Problem("reference", "must not be empty")])
        require_amount("maximum_value", maximum_value)
        at = stamp(contract, clock)
        variation = ContractVariation.objects.create(
            contract=contract,
            reference=reference,
            maximum_value=maximum_value,
            reason=reason,
            recorded_by=by,
            recorded_at=at,
        )
        balance_of(contract)
        detail = {"maximum_value": str(maximum_value), "reason": reason}
        note(contract, by, "variation.recorded", variation, detail, at)
    return variation


def _vat_problems(treatments: Mapping[str, str]) -> list[Problem]:
    wrong = [Problem(f"vat_treatments.{key}", "is no kind of charge") for key in treatments if key not in CHARGES]
    wrong += [
        Problem(f"vat_treatments.{key}", f"has to be one of {', '.join(VAT_TREATMENTS)}")
        for key, treatment in treatments.items()
        if treatment not in VAT_TREATMENTS
    ]
    return wrong


def _rate_problems(vat_rate: Decimal, agent_margin_rate: Decimal, payment_days: int) -> list[Problem]:
    rates = {"vat_rate": vat_rate, "agent_margin_rate": agent_margin_rate}
    wrong = [
        Problem(place, "has to be a share from 0 to 1, with at most four places")
        for place, rate in rates.items()
        if not rate.is_finite() or not 0 <= rate <= 1 or rate != round(rate, 4)
    ]
    if not 0 <= payment_days <= MOST_PAYMENT_DAYS:
        wrong.append(Problem("payment_days", f"has to be a number of days up to {MOST_PAYMENT_DAYS}"))
    return wrong


def _note_terms(terms: InvoicingTerms, by: Person, at: datetime) -> None:
    detail = {
        "vat_treatments": {charge: terms.vat_treatments.get(charge, EXEMPT) for charge in CHARGES},
        "vat_rate": str(terms.vat_rate),
        "payment_days": terms.payment_days,
        "agent_margin_rate": str(terms.agent_margin_rate),
        "bank_reference": terms.bank_reference,
        "order_reference": terms.order_reference,
    }
    note(terms.contract, by, "invoicing_terms.recorded", terms, detail, at)
