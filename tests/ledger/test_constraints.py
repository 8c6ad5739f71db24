"""Every named constraint of the rows refuses what it is there to refuse, also without the triggers before it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connections, models, transaction

from cohort.models import Contract
from invoicing.models import (
    Account,
    ClosedPeriod,
    ContractBalance,
    ContractVariation,
    Event,
    Invoice,
    InvoiceAction,
    InvoiceLine,
    InvoicingTerms,
    JournalEntry,
    ParkedStatement,
    Payment,
    PaymentAllocation,
    Posting,
    SetOff,
)
from savings.services import Parties
from tests.ledger.ground import Ground, ground_of
from tests.refusals import cause_of, execute

AT = datetime(2026, 6, 20, tzinfo=UTC)

Case = tuple[str, models.Model]


def row(model: type[models.Model], right: dict[str, Any], changes: dict[str, Any]) -> models.Model:
    """A row, right unless changed."""
    return model(**(right | changes))


def invoice(ground: Ground, **changes: Any) -> models.Model:
    """April's invoice, changed: its statement has one already, so that another would be refused for that."""
    copied = {field.attname: getattr(ground.april, field.attname) for field in Invoice._meta.concrete_fields}
    return row(Invoice, copied, changes)


def line(ground: Ground, **changes: Any) -> models.Model:
    right = {"invoice": ground.april, "position": 9, "charge": "expenses", "net": "1.00", "vat_rate": 0, "vat": 0}
    return row(InvoiceLine, right | {"vat_treatment": "exempt"}, changes)


def entry(ground: Ground, **changes: Any) -> models.Model:
    right = {
        "contract": ground.contract,
        "number": 99,
        "key": "by hand",
        "kind": "payment",
        "narrative": "By hand",
        "effective_on": date(2026, 6, 1),
        "recorded_at": AT,
        "leg_count": 2,
        "total": Decimal("10.00"),
    }
    return row(JournalEntry, right, changes)


def posting(ground: Ground, **changes: Any) -> models.Model:
    first = Posting.objects.filter(entry__contract=ground.contract).earliest("pk")
    right = {"entry_id": first.entry_id, "account_id": first.account_id, "side": "debit", "amount": Decimal("1.00")}
    return row(Posting, right, changes)


def payment(ground: Ground, **changes: Any) -> models.Model:
    right = {
        "contract": ground.contract,
        "kind": "payment",
        "paid_on": date(2026, 6, 10),
        "amount": Decimal("10.00"),
        "remittance_reference": "By hand",
        "recorded_by": ground.parties.accountant,
        "recorded_at": AT,
    }
    return row(Payment, right, changes)


def terms(ground: Ground, **changes: Any) -> models.Model:
    return row(InvoicingTerms, {"contract": ground.contract, "recorded_at": AT}, changes)


def variation(ground: Ground, **changes: Any) -> models.Model:
    right = {"reference": "V1", "maximum_value": Decimal("1.00"), "reason": "More children", "recorded_at": AT}
    return row(
        ContractVariation, right | {"contract": ground.contract, "recorded_by": ground.parties.accountant}, changes
    )


def action(ground: Ground, **changes: Any) -> models.Model:
    right = {"invoice": ground.april, "action": "hold", "status_after": "held", "at": AT, "reason": "Wrong"}
    return row(InvoiceAction, right, changes)


def parked(ground: Ground, **changes: Any) -> models.Model:
    return row(ParkedStatement, {"statement": ground.may.statement, "findings": "x", "parked_at": AT}, changes)


def set_off(ground: Ground, **changes: Any) -> models.Model:
    right = {"credit_note": ground.may, "invoice": ground.march, "amount": Decimal("1.00"), "recorded_at": AT}
    return row(SetOff, right | {"contract": ground.contract, "recorded_by": ground.parties.accountant}, changes)


def period(ground: Ground, **changes: Any) -> models.Model:
    right = {"council": ground.parties.council, "financial_year": 2025, "number": 11, "closed_at": AT}
    return row(ClosedPeriod, right | {"closed_by": ground.parties.accountant}, changes)


def balance(ground: Ground, **changes: Any) -> models.Model:
    found = ContractBalance.objects.get(pk=ground.contract.pk)
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def wrong_rows(ground: Ground) -> Iterator[Case]:
    """A row for every constraint, and the constraint that has to refuse it."""
    yield from _wrong_invoices(ground)
    yield from _wrong_books(ground)
    yield from _wrong_payments(ground)
    yield "invoicing_terms_rates_are_shares", terms(ground, vat_rate=Decimal("1.0001"))
    yield "invoicing_terms_rates_are_shares", terms(ground, vat_rate=Decimal("-0.0001"))
    yield "invoicing_terms_rates_are_shares", terms(ground, agent_margin_rate=Decimal("1.0001"))
    yield "invoicing_terms_rates_are_shares", terms(ground, agent_margin_rate=Decimal("-0.0001"))
    yield "variation_says_why", variation(ground, reference="")
    yield "variation_says_why", variation(ground, reason="")
    yield "variation_above_zero", variation(ground, maximum_value=0)
    yield "parked_statement_released_with_reason", parked(ground, released_at=AT)
    yield "parked_statement_released_with_reason", parked(ground, reason="Because")
    by = ground.parties.accountant
    yield "parked_statement_released_with_reason", parked(ground, released_at=AT, released_by=by)


def _wrong_invoices(ground: Ground) -> Iterator[Case]:
    proposer, issuer, third = ground.parties.officer, ground.parties.provider_staff, ground.parties.second_officer
    yield "invoice_number_unique", invoice(ground, number=1)
    yield "invoice_kind_known", invoice(ground, kind="receipt")
    yield "invoice_status_known", invoice(ground, status="lost")
    yield "invoice_gross_adds_up", invoice(ground, gross=Decimal("24000.01"))
    yield "invoice_gross_adds_up", invoice(ground, net=0, vat=0, gross=0)
    yield "invoice_settled_within_gross", invoice(ground, settled=Decimal("24000.01"))
    yield "invoice_settled_within_gross", invoice(ground, settled=Decimal("-0.01"))
    yield "invoice_numbered_when_issued", invoice(ground, status="draft")
    for missing in ("number", "issued_on", "due_on", "issued_by_id"):
        yield "invoice_numbered_when_issued", invoice(ground, **{missing: None})
    yield "invoice_approved_by_another", invoice(ground, status="approved", approved_by_id=proposer.pk)
    yield "invoice_approved_by_another", invoice(ground, status="approved", approved_by_id=issuer.pk)
    yield "invoice_approved_by_someone", invoice(ground, status="approved")
    yield "invoice_approved_by_someone", invoice(ground, approved_by_id=third.pk)
    charge = ground.april.lines.get()
    yield "invoice_line_one_a_charge", line(ground, charge=charge.charge)
    yield "invoice_line_position_unique", line(ground, position=charge.position)
    yield "invoice_line_charge_known", line(ground, charge="gift")
    yield "invoice_line_vat_known", line(ground, vat_treatment="free")
    yield "invoice_line_not_nothing", line(ground, net=0)
    yield "invoice_action_hold_says_why", action(ground, reason="")
    yield "invoice_action_status_known", action(ground, status_after="lost")


def _wrong_books(ground: Ground) -> Iterator[Case]:
    yield "account_kind_known", Account(code="9999", name="Other", kind="other")
    yield "account_named", Account(code="", name="Other", kind="expense")
    yield "account_named", Account(code="9999", name="", kind="expense")
    yield "journal_entry_number_unique", entry(ground, number=1)
    yield "journal_entry_key_unique", entry(ground, key="invoice 1")
    yield "journal_entry_has_two_legs", entry(ground, leg_count=1)
    yield "journal_entry_total_above_zero", entry(ground, total=0)
    yield "journal_entry_says_why", entry(ground, narrative="")
    yield "journal_entry_says_why", entry(ground, key="")
    yield "posting_side_known", posting(ground, side="left")
    yield "posting_amount_above_zero", posting(ground, amount=0)
    yield "posting_amount_above_zero", posting(ground, amount=Decimal("-0.01"))
    yield "closed_period_once", period(ground, number=10)
    yield "closed_period_p1_to_p12", period(ground, number=0)
    yield "closed_period_p1_to_p12", period(ground, number=13)
    yield "balance_fixed_fee_within_cap", balance(ground, fixed_fee_approved=Decimal("599800.01"))
    yield "balance_fixed_fee_within_cap", balance(ground, fixed_fee_cap=0)
    yield "balance_within_maximum", balance(ground, maximum=Decimal("6399.99"))


def event(ground: Ground, **changes: Any) -> models.Model:
    right = {"kind": "invoice.held", "at": AT, "contract": ground.contract, "invoice": ground.april}
    return row(Event, right, changes)


def _wrong_payments(ground: Ground) -> Iterator[Case]:
    yield "payment_kind_known", payment(ground, kind="gift")
    yield "payment_amount_above_zero", payment(ground, amount=0)
    yield "payment_has_a_reference", payment(ground, remittance_reference="")
    yield "payment_reversal_says_why", payment(ground, reverses=ground.payment)
    again = {"payment": ground.payment, "invoice": ground.february, "amount": Decimal("1.00")}
    yield "payment_allocation_once_an_invoice", PaymentAllocation(**again)
    nothing = again | {"invoice": ground.march, "amount": 0}
    yield "payment_allocation_above_zero", PaymentAllocation(**nothing)
    yield "set_off_above_zero", set_off(ground, amount=0)
    yield "set_off_between_two", set_off(ground, credit_note=ground.march)
    yield "set_off_reversal_says_why", set_off(ground, reverses=SetOff.objects.get())
    yield "event_of_one_thing", event(ground, invoice=None)
    yield "event_of_one_thing", event(ground, payment=ground.payment)
    yield "event_of_one_thing", event(ground, statement=ground.april.statement)


def models_tried() -> list[type[models.Model]]:
    """All but stored documents, which are tried beside the documents, and the views of the paying agent."""
    every = apps.get_app_config("invoicing").get_models()
    return [model for model in every if model._meta.managed and model._meta.model_name != "invoicedocument"]


@pytest.fixture
def ground(contract: Contract, parties: Parties) -> Ground:
    """Something in every table that the rows refer to."""
    return ground_of(contract, parties)


@pytest.fixture
def without_triggers(ground: Ground) -> Iterator[None]:
    """As the owner, whose triggers are off until the end: the constraints stand alone."""
    tables = [model._meta.db_table for model in models_tried()]
    with transaction.atomic("owner"):
        with connections["owner"].cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        transaction.set_rollback(True, using="owner")


BEFORE_IT = {"invoice_status_known": "invoice_approved_by_someone"}
"""What refuses the same row and is looked at first, by its name: it is taken away to see the other at work."""


def refusal(wrong: models.Model, constraint: str = "") -> str:
    """The name of the constraint that refuses the row."""
    try:
        with transaction.atomic("owner"):
            if constraint in BEFORE_IT:
                table = wrong._meta.db_table
                execute(f"ALTER TABLE {table} DROP CONSTRAINT {BEFORE_IT[constraint]}", alias="owner")
            wrong.save(using="owner", force_insert=wrong.pk is None, force_update=wrong.pk is not None)
    except IntegrityError as error:
        return str(cause_of(error).diag.constraint_name)
    return "nothing"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_every_wrong_row_is_refused_by_the_constraint_against_it(
    ground: Ground, without_triggers: None, subtests: pytest.Subtests
) -> None:
    broken = set()
    for constraint, wrong in wrong_rows(ground):
        broken.add(constraint)
        with subtests.test(f"{constraint}: {wrong}"):
            assert refusal(wrong, constraint) == constraint
    for right in (entry, posting, payment, line, terms, variation, action, parked, set_off, period, balance, event):
        with subtests.test(right.__name__):
            assert refusal(right(ground)) == "nothing"
    assert broken == {constraint.name for model in models_tried() for constraint in model._meta.constraints}
