"""Issuing, approving, holding: each step by those who may, beside its refusal to everybody and everything else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F

from cohort.services import record_terms, stream_of
from invoicing.core.calendar import Period
from invoicing.models import ContractBalance, Invoice, InvoiceAction, JournalEntry
from invoicing.queries.checks import check_everything
from invoicing.services import invoices
from invoicing.services.ground import OverCap, OverMaximum, ReasonMissing
from invoicing.services.invoices import CorrectsADraft
from invoicing.services.periods import close_period
from invoicing.services.terms import record_invoicing_terms, record_variation
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.services import RoleNotGrantable
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from pbr_ledger.lifecycle import ActionNotPossible
from tests.invoicing.settling import World, at, pounds, status
from tests.refusals import refused_by
from tests.savings import ledger


@pytest.fixture
def draft(world: World) -> Invoice:
    """February's invoice, drafted."""
    made = world.draft("2026-02")
    assert made is not None
    return made


def log(world: World) -> list[tuple[str, str, str]]:
    """The last event about the contract: action, subject, who."""
    events = AuditEvent.objects.filter(stream=stream_of(world.contract)).order_by("sequence")
    return list(events.values_list("action", "subject", "actor_name"))


def history(invoice: Invoice) -> list[tuple[str, str, str]]:
    """What was done to the invoice: action, status after, reason."""
    return list(invoice.actions.order_by("pk").values_list("action", "status_after", "reason"))


# Issuing


def test_issuing_numbers_the_invoice_and_says_when_it_is_due(world: World, draft: Invoice) -> None:
    issued = world.issue(draft, provider_reference="RC-0017")

    assert (issued.status, issued.number, issued.provider_reference) == ("issued", 1, "RC-0017")
    assert (issued.issued_on, issued.due_on) == (date(2026, 6, 8), date(2026, 7, 8))
    assert history(issued) == [("issue", "issued", "")]
    assert log(world)[-1] == ("invoice.issued", "EXAMPLE invoice 1", "Scenario provider staff")


def test_the_day_of_issue_is_the_day_in_london(world: World, draft: Invoice) -> None:
    """Half past eleven in the evening of 30 June, UTC, is 1 July there."""
    assert world.issue(draft, "2026-07-01 00:30").issued_on == date(2026, 7, 1)


def test_particulars_are_frozen_on_issue(world: World, draft: Invoice) -> None:
    record_invoicing_terms(
        contract=world.contract,
        payment_days=14,
        bank_reference="RECONNECT-01",
        order_reference="PO 4411",
        by=world.parties.accountant,
        clock=at("2026-06-07 12:00"),
    )
    Organisation.objects.filter(pk=world.parties.provider.pk).update(address="1 Sample Street\nExeter")
    issued = world.issue(draft)
    Organisation.objects.filter(pk=world.parties.provider.pk).update(name="Renamed", address="Elsewhere")
    record_invoicing_terms(contract=world.contract, by=world.parties.accountant, clock=at("2026-06-08 12:00"))

    issued.refresh_from_db()
    assert issued.due_on == date(2026, 6, 22)
    no_numbers = {"vat_number": "", "company_number": ""}
    assert issued.particulars == {
        "council": {"reference": "plymouth-city-council", "name": "Plymouth City Council", "address": "", **no_numbers},
        "provider": {"reference": "reconnect", "name": "Reconnect", "address": "1 Sample Street\nExeter", **no_numbers},
        "agent": {"reference": "team-matrix", "name": "Team Matrix", "address": "", **no_numbers},
        "contract_title": "Step-down from residential care",
        "decision_reference": "L04 25/26",
        "decision_on": "2025-07-29",
        "terms_recorded_on": "2025-07-29",
        "terms_effective_from": "2025-08-06",
        "bank_reference": "RECONNECT-01",
        "order_reference": "PO 4411",
        "payment_days": 14,
    }


def test_numbers_have_no_gaps_and_a_second_issue_takes_none(world: World) -> None:
    first, second, *_ = world.drafts()
    world.issue(second)
    with pytest.raises(ActionNotPossible, match="invoice that is issued cannot be changed by “issue”"):
        world.issue(second, "2026-06-08 11:00")
    assert world.issue(first, "2026-06-08 12:00").number == 2
    assert ContractBalance.objects.get().last_invoice_number == 2


def test_only_the_provider_issues(world: World, draft: Invoice) -> None:
    for by in (world.parties.officer, world.parties.accountant, world.clerk):
        with pytest.raises(NotPermitted, match="issued by the provider’s staff"):
            world.issue(draft, by=by)
    stranger = ledger.person(ledger.organisation("Other Provider", "provider"), "Olly Other", "provider_staff")
    with pytest.raises(NotFound, match="There is no contract EXAMPLE"):
        world.issue(draft, by=stranger)
    with pytest.raises(Refused, match="provider_reference"):
        world.issue(draft, provider_reference="x" * 51)
    assert status(draft) == "draft"


def test_a_credit_note_is_issued_after_what_it_corrects(world: World) -> None:
    *drafts, credit = world.drafts()
    with pytest.raises(CorrectsADraft, match="corrects the invoice of March 2026: issue that one first"):
        world.issue(credit)
    for number, draft in enumerate(drafts, start=10):
        world.issue(draft, f"2026-06-08 {number}:00")
    assert world.issue(credit, "2026-06-08 14:00").number == 4


# Approving


def test_approving_posts_to_the_month_and_counts_against_the_limits(world: World, draft: Invoice) -> None:
    approved = world.approve(world.issue(draft))

    assert (approved.status, approved.approved_by) == ("approved", world.parties.second_officer)
    entry = JournalEntry.objects.get(key="invoice 1")
    assert (entry.effective_on, entry.narrative) == (date(2026, 2, 28), "Invoice 1, statement of February 2026")
    assert entry.recorded_by == world.parties.second_officer
    legs = {leg.account.code: (leg.side, leg.amount) for leg in entry.postings.select_related("account")}
    assert legs == {"5100": ("debit", pounds("15200.00")), "2100": ("credit", pounds("15200.00"))}
    balance = ContractBalance.objects.get()
    assert (balance.approved, balance.fixed_fee_approved) == (pounds("15200.00"), pounds("15200.00"))
    assert log(world)[-1] == ("invoice.approved", "EXAMPLE invoice 1", "Scenario second finance officer")


def test_a_credit_note_counts_the_other_way(world: World) -> None:
    world.all_approved()

    balance = ContractBalance.objects.get()
    assert (balance.approved, balance.fixed_fee_approved) == (pounds("30400.00"), pounds("30400.00"))
    assert list(check_everything(world.contract)) == []


def test_a_closed_period_puts_the_posting_into_the_first_open_one(world: World, draft: Invoice) -> None:
    issued = world.issue(draft)
    close_period(
        council=world.parties.council,
        period=Period(2025, 11),
        by=world.parties.accountant,
        clock=at("2026-06-08 12:00"),
    )
    world.approve(issued)

    entry = JournalEntry.objects.get(key="invoice 1")
    assert entry.effective_on == date(2026, 3, 1)
    assert entry.narrative == (
        "Invoice 1, statement of February 2026, which belongs to 28 February 2026 (2025/26 P11): posted to 2025/26 P12"
    )


def test_the_proposer_and_the_issuer_never_approve(world: World, draft: Invoice) -> None:
    issued = world.issue(draft)
    assert issued.proposed_by == world.parties.officer

    for by in (world.parties.officer, world.parties.provider_staff, world.clerk, ledger.administrator()):
        with pytest.raises(NotPermitted, match="other than who proposed the statement"):
            world.approve(issued, by=by)
    assert status(draft) == "issued"
    assert world.approve(issued, by=world.parties.accountant).approved_by == world.parties.accountant


def test_the_database_refuses_the_proposer_and_the_issuer_whoever_asks(world: World, draft: Invoice) -> None:
    issued = world.issue(draft)
    row = Invoice.objects.filter(pk=issued.pk)
    with refused_by("invoice_approved_by_another"):
        row.update(status="approved", approved_by=F("proposed_by"))
    with refused_by("invoice_approved_by_another"):
        row.update(status="approved", approved_by=F("issued_by"))
    with refused_by("invoice_approved_by_someone"):
        row.update(status="approved")


def test_nobody_grants_themselves_the_role_to_approve(world: World) -> None:
    administrator = ledger.administrator()
    with pytest.raises(RoleNotGrantable, match="Nobody grants a role to themselves"):
        accounts.grant_role(person=administrator, role="finance_officer", by=administrator, clock=DATABASE_CLOCK)
    with pytest.raises(RoleNotGrantable, match="Payments clerk is no role in a council"):
        accounts.grant_role(person=world.parties.officer, role="payments_clerk", by=administrator, clock=DATABASE_CLOCK)


def test_a_draft_is_not_approved_nor_an_invoice_twice(world: World, draft: Invoice) -> None:
    with pytest.raises(ActionNotPossible):
        world.approve(draft)
    approved = world.approve(world.issue(draft))
    with pytest.raises(ActionNotPossible):
        world.approve(approved, "2026-06-09 12:00")
    assert JournalEntry.objects.filter(kind="invoice").count() == 1


# The limits


def restated(world: World, when: str, **changes: object) -> None:
    """Record the contract's terms once more, with the changes."""
    terms = ledger.scenario("breakdown-reported-late").terms[-1]
    record_terms(contract=world.contract, terms=replace(terms, **changes), by=world.parties.accountant, clock=at(when))


def test_past_the_maximum_only_with_a_recorded_variation(world: World) -> None:
    first, second, *_ = world.all_issued()
    restated(world, "2026-06-08 11:00", maximum_value_pence=2_000_000)
    world.approve(first)

    with pytest.raises(OverMaximum, match=r"come to £40,000\.00, past its maximum value of £20,000\.00"):
        world.approve(second, "2026-06-09 11:00")
    assert status(second) == "issued"
    record_variation(
        contract=world.contract,
        reference="V1",
        maximum_value=pounds("40000.00"),
        reason="Two more children",
        by=world.parties.accountant,
        clock=at("2026-06-09 12:00"),
    )
    assert world.approve(second, "2026-06-09 13:00").status == "approved"


def test_variation_needs_the_lead_accountant_and_a_reason(world: World) -> None:
    def vary(by=world.parties.accountant, **changes: object) -> None:
        options = {"reference": "V1", "maximum_value": pounds("2000000.00"), "reason": "More children", **changes}
        record_variation(contract=world.contract, by=by, clock=at("2026-06-09 12:00"), **options)

    with pytest.raises(NotPermitted):
        vary(by=world.parties.officer)
    with pytest.raises(NotFound):
        vary(by=ledger.person(ledger.organisation("Elsewhere", "council"), "Ola Other", "lead_accountant"))
    with pytest.raises(ReasonMissing):
        vary(reason="")
    for changes in ({"reference": " "}, {"maximum_value": Decimal("0.001")}, {"maximum_value": Decimal(-1)}):
        with pytest.raises(Refused):
            vary(**changes)
    vary()
    assert log(world)[-1][0] == "variation.recorded"


def test_past_the_cap_of_the_fixed_fee_never(world: World) -> None:

    first, second, *_ = world.all_issued()
    terms = ledger.scenario("breakdown-reported-late").terms[-1]
    restated(
        world,
        "2026-06-08 11:00",
        phase2=replace(terms.phase2, fee_pence=0),
        phase3=replace(terms.phase3, fee_pence=3_999_999),
    )
    world.approve(first)

    with pytest.raises(OverCap, match=r"the fixed fee would come to £40,000\.00, past its cap of £39,999\.99"):
        world.approve(second, "2026-06-09 11:00")
    assert status(second) == "issued"
    with refused_by("balance_fixed_fee_within_cap"):
        ContractBalance.objects.update(fixed_fee_approved=pounds("40000.00"))


def test_invoicing_terms_that_make_no_sense_are_refused(world: World) -> None:
    def keep(by=world.parties.accountant, **terms: object) -> None:
        record_invoicing_terms(contract=world.contract, by=by, clock=at("2026-06-07 10:00"), **terms)

    for wrong in (
        {"vat_treatments": {"fixed_fee": "sometimes"}},
        {"vat_treatments": {"biscuits": "exempt"}},
        {"vat_rate": Decimal("1.1")},
        {"agent_margin_rate": Decimal("0.00001")},
        {"payment_days": -1},
        {"bank_reference": "x" * 101},
    ):
        with pytest.raises(Refused):
            keep(**wrong)
    with pytest.raises(NotPermitted, match="Only the Lead Accountant"):
        keep(by=world.parties.officer)


# Holding


def test_a_held_invoice_waits_until_it_is_released(world: World, draft: Invoice) -> None:
    issued = world.issue(draft)
    held = world.hold(issued, reason="The order is missing")
    with pytest.raises(ActionNotPossible, match="invoice that is held cannot be changed by “approve”"):
        world.approve(held, "2026-06-09 12:00")
    invoices.release(invoice=held, by=world.parties.second_officer, clock=at("2026-06-09 13:00"), reason="Found")

    assert world.approve(issued, "2026-06-09 14:00").status == "approved"
    assert history(issued) == [
        ("issue", "issued", ""),
        ("hold", "held", "The order is missing"),
        ("release", "issued", "Found"),
        ("approve", "approved", ""),
    ]
    assert [event[0] for event in log(world)[-3:]] == ["invoice.held", "invoice.released", "invoice.approved"]


def test_holding_needs_an_officer_and_a_reason(world: World, draft: Invoice) -> None:
    with pytest.raises(ActionNotPossible):
        world.hold(draft)
    issued = world.issue(draft)
    with pytest.raises(ReasonMissing, match="Say why the invoice is held"):
        world.hold(issued, reason=" ")
    with pytest.raises(NotPermitted, match="held by an officer of the council"):
        world.hold(issued, by=world.parties.provider_staff)
    with refused_by("invoice_action_hold_says_why"):
        InvoiceAction.objects.create(
            invoice=issued, action="hold", status_after="held", at=ledger.instant("2026-06-09 10:00")
        )
    assert status(draft) == "issued"
