"""Whoever has the application's connection, and writes past the services: what PostgreSQL refuses, by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cohort.models import Contract
from invoicing.models import Invoice, JournalEntry, SetOff
from savings.services import Parties
from tests.ledger import billing
from tests.ledger.ground import (
    LATER,
    RIGHT_LEGS,
    Ground,
    allocation,
    check,
    entry,
    ground_of,
    insert,
    keep_stamp,
    payment,
    posting,
    update,
)
from tests.refusals import execute, forbidden, refused_by

ADDED_ONLY = [
    "journalentry",
    "posting",
    "closedperiod",
    "invoiceline",
    "invoice_corrects",
    "invoiceaction",
    "invoicingterms",
    "financecodes",
    "payment",
    "paymentallocation",
    "setoff",
    "contractvariation",
    "event",
]
KEPT = ["account", "invoice", "contractbalance", "parkedstatement", *ADDED_ONLY]


@pytest.fixture
def ground(contract: Contract, parties: Parties) -> Ground:
    """Invoices in every status, a payment, a set-off, a closed period."""
    return ground_of(contract, parties)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken, and then undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_trigger_is_tried_below(db: None) -> None:
    """Those of stored documents are tried beside the documents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND starts_with(relname, 'invoicing_') AND relname <> 'invoicing_invoicedocument'"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found == {
        *(f"{table}_never_deleted" for table in KEPT),
        *(f"{table}_never_truncated" for table in KEPT),
        *(f"{table}_never_changed" for table in ADDED_ONLY),
        "closed_period_in_order",
        "journal_entry_in_open_period",
        "journal_entry_next_in_line",
        "journal_entry_stamp_kept",
        "journal_entry_balances",
        "posting_balances",
        "journal_entry_reversal_mirrors",
        "balance_grows",
        "balance_holds",
        "journal_entry_counted",
        "invoice_counted",
        "balance_within_terms",
        "invoice_begins",
        "invoice_moves_along",
        "invoice_next_in_line",
        "invoice_line_only_on_a_draft",
        "invoice_lines_add_up",
        "invoice_line_adds_up",
        "credit_corrects",
        "payment_allocation_fits",
        "set_off_fits",
        "payment_allocated",
        "payment_allocation_adds_up",
        "invoice_settled_holds",
        "payment_allocation_settles",
        "set_off_settles",
        "parked_released_once",
        "invoice_action_makes_event",  # these two and what follows a closing: tests/api/test_wall.py
        "payment_makes_event",
        "event_goes_out",  # refuses nothing: tests/webhooks
    }


# What the role may not do at all


def test_application_can_change_delete_or_truncate_nothing(ground: Ground, subtests: pytest.Subtests) -> None:
    for table in KEPT:
        for attack in (f"DELETE FROM invoicing_{table}", f"TRUNCATE invoicing_{table} CASCADE"):
            with subtests.test(attack), forbidden():
                execute(attack)
    for table in ["account", *ADDED_ONLY]:
        attack = f"UPDATE invoicing_{table} SET id = id"
        with subtests.test(attack), forbidden():
            execute(attack)
    for table, column in [("invoice", "gross"), ("invoice", "statement_id"), ("parkedstatement", "findings")]:
        with subtests.test(f"{table}.{column}"), forbidden():
            execute(f"UPDATE invoicing_{table} SET {column} = {column}")
    with forbidden():
        insert("account", code="9999", name="By hand", kind="expense", cost_code="")


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE invoicing_posting DISABLE TRIGGER ALL",
        "ALTER TABLE invoicing_posting DISABLE TRIGGER posting_balances",
        "DROP TRIGGER posting_balances ON invoicing_posting",
        "ALTER TABLE invoicing_contractbalance DROP CONSTRAINT balance_fixed_fee_within_cap",
        "CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP FUNCTION public.invoicing_entry_balances() CASCADE",
        "CREATE TABLE public.invoicing_other ()",
        "SET session_replication_role = replica",
        "SET LOCAL ROLE pbr_owner",
        "ALTER ROLE pbr_application SET session_replication_role = replica",
        "GRANT DELETE ON invoicing_posting TO pbr_application",
    ],
)
def test_application_can_switch_nothing_off(db: None, attack: str) -> None:
    """GRANT by one who may not grant warns and does nothing; everything else fails."""
    if attack.startswith("GRANT"):
        execute(attack)
        with forbidden():
            execute("DELETE FROM invoicing_posting")
        return
    with pytest.raises(DatabaseError), transaction.atomic():
        execute(attack)


def test_names_of_the_session_do_not_mislead_the_triggers(ground: Ground) -> None:
    """A table of the same name in the session's own schema, and another search path, change nothing."""
    with undone():
        execute("CREATE TEMPORARY TABLE invoicing_posting (LIKE public.invoicing_posting)")
        execute("CREATE TEMPORARY TABLE invoicing_account (LIKE public.invoicing_account)")
        execute("SET LOCAL search_path = pg_temp, public")
        key = None
        with refused_by("journal_entry_balances"):
            key = insert(
                "journalentry",
                contract_id=ground.contract.pk,
                number=JournalEntry.objects.filter(contract=ground.contract).count() + 1,
                key="by hand",
                kind="payment",
                narrative="By hand",
                effective_on="2026-06-01",
                recorded_at=LATER,
                leg_count=2,
                total="10.00",
            )
            for side in ("debit", "credit"):
                insert("posting", id=-1, entry_id=key, account_id=1, side=side, amount="10.00")
            check("journal_entry_balances")


# The books


def test_an_entry_by_hand_that_keeps_every_rule_is_taken(ground: Ground) -> None:
    """Beside it stand the refusals: each differs from this one in one thing."""
    with undone():
        entry(ground)
        keep_stamp(ground)
        check()


@pytest.mark.parametrize(
    "legs",
    [
        (),
        RIGHT_LEGS[:1],
        (("5100", "debit", "10.00"), ("2100", "credit", "9.99")),
        (("5100", "debit", "10.01"), ("2100", "credit", "10.01")),
        (("5100", "debit", "10.00"), ("2100", "debit", "10.00")),
        (*RIGHT_LEGS, ("5110", "debit", "1.00"), ("2100", "credit", "1.00")),
        (("9100", "debit", "10.00"), ("2100", "credit", "10.00")),
    ],
)
def test_legs_that_are_not_those_stated_or_do_not_balance_are_refused(
    ground: Ground, legs: tuple[tuple[str, str, str], ...]
) -> None:
    with refused_by("journal_entry_balances"):
        entry(ground, legs)
        check("journal_entry_balances")


def test_balanced_legs_cannot_be_slipped_into_an_old_entry(ground: Ground) -> None:
    old = JournalEntry.objects.get(contract=ground.contract, key="invoice 1")
    with refused_by("posting_balances"):
        posting(old.pk, "5100", "debit", "10.00")
        posting(old.pk, "2100", "credit", "10.00")
        check("posting_balances")


def test_an_entry_stands_next_in_line_behind_the_last_stamp_and_the_contract_keeps_its_own(ground: Ground) -> None:
    last = JournalEntry.objects.filter(contract=ground.contract).count()
    for number in (last, last + 2, 1):
        with refused_by("journal_entry_next_in_line"):
            entry(ground, number=number)
    stamp = ground.contract.last_stamped_at
    assert stamp is not None
    with refused_by("journal_entry_next_in_line"):
        entry(ground, recorded_at=stamp - timedelta(microseconds=1))
    with refused_by("journal_entry_stamp_kept"):
        entry(ground)
        check("journal_entry_stamp_kept")


def test_a_closed_period_takes_nothing_and_neither_do_those_before_it(ground: Ground) -> None:
    for day in ("2026-01-31", "2026-01-01", "2025-08-01"):
        with refused_by("journal_entry_in_open_period"):
            entry(ground, effective_on=day)
    with undone():
        entry(ground, effective_on="2026-02-01")


def test_periods_close_one_after_the_other(ground: Ground) -> None:
    council, by = ground.parties.council.pk, ground.parties.accountant.pk
    columns = {"council_id": council, "closed_at": LATER, "closed_by_id": by, "financial_year": 2025}
    for number in (12, 10, 9):
        with refused_by("closed_period_in_order"):
            insert("closedperiod", number=number, **columns)
    with undone():
        insert("closedperiod", number=11, **columns)
        insert("closedperiod", number=12, **columns)
        insert("closedperiod", **(columns | {"financial_year": 2026}), number=1)


def test_a_reversal_mirrors_and_there_is_only_one(ground: Ground) -> None:
    original = JournalEntry.objects.get(contract=ground.contract, key="invoice 1")
    legs = (("5100", "credit", "15200.00"), ("2100", "debit", "15200.00"))
    right = {"reverses_id": original.pk, "total": "15200.00"}
    for wrong in [
        (("5100", "debit", "15200.00"), ("2100", "credit", "15200.00")),
        (("5110", "credit", "15200.00"), ("2100", "debit", "15200.00")),
        (("5100", "credit", "15199.99"), ("2100", "debit", "15200.00")),
    ]:
        with refused_by("journal_entry_reversal_mirrors"):
            entry(ground, wrong, **right)
            check("journal_entry_reversal_mirrors")
    with undone():
        first = entry(ground, legs, **right)
        check("journal_entry_balances", "posting_balances", "journal_entry_reversal_mirrors")
        with refused_by("invoicing_journalentry_reverses_id_key"):
            entry(ground, legs, **right, key="again")
        with refused_by("journal_entry_reversal_mirrors"):
            entry(ground, tuple(reversed_(legs)), key="back again", reverses_id=first, total="15200.00")
            check("journal_entry_reversal_mirrors")


def reversed_(legs: tuple[tuple[str, str, str], ...]) -> Iterator[tuple[str, str, str]]:
    for account, side, amount in legs:
        yield account, "credit" if side == "debit" else "debit", amount


def test_running_columns_are_what_the_rows_come_to(ground: Ground) -> None:
    key = ground.contract.pk
    for columns in [{"approved": "6399.99"}, {"fixed_fee_approved": "0.00"}, {"last_entry_number": 99}]:
        with refused_by("balance_holds"):
            update("contractbalance", where=key, **columns)
            check("balance_holds")
    for columns in [{"last_entry_number": 1}, {"last_invoice_number": 3}]:
        with refused_by("balance_grows"):
            update("contractbalance", where=key, **columns)
    with refused_by("journal_entry_counted"):
        entry(ground)
        update("contractbalance", where=key, fixed_fee_approved="6400.01")
        check("journal_entry_counted")


def test_limits_are_never_above_what_terms_and_variations_say(ground: Ground) -> None:
    key, by = ground.contract.pk, ground.parties.accountant.pk
    cap, maximum = ground.contract.balance.fixed_fee_cap, ground.contract.balance.maximum
    with refused_by("balance_within_terms"):
        update("contractbalance", where=key, fixed_fee_cap=cap + 1)
    with refused_by("balance_within_terms"):
        update("contractbalance", where=key, maximum=maximum + 1)
    with undone():
        insert(
            "contractvariation",
            contract_id=key,
            reference="V1",
            maximum_value=maximum + 1,
            reason="More children",
            recorded_by_id=by,
            recorded_at=LATER,
        )
        update("contractbalance", where=key, maximum=maximum + 1)


# Invoices


def copied(invoice: Invoice, **changes: object) -> dict[str, object]:
    """The columns of a draft of May's statement, which has its credit note already, with changes."""
    columns = {
        "contract_id": invoice.contract_id,
        "kind": invoice.kind,
        "statement_id": invoice.statement_id,
        "status": "draft",
        "provider_reference": "",
        "net": invoice.net,
        "vat": invoice.vat,
        "gross": invoice.gross,
        "settled": 0,
        "drafted_at": LATER,
        "proposed_by_id": invoice.proposed_by_id,
        "particulars": "{}",
    }
    return columns | changes


def test_an_invoice_begins_as_a_draft_of_its_statement(ground: Ground) -> None:
    for changes in [
        {"status": "issued", "number": 5},
        {"settled": "1.00"},
        {"net": "33599.99", "gross": "33599.99"},
        {"kind": "invoice"},
        {"proposed_by_id": ground.parties.accountant.pk},
    ]:
        with refused_by("invoice_begins"):
            insert("invoice", **copied(ground.may, **changes))


def test_an_issued_invoice_keeps_its_content_and_moves_only_along_its_lifecycle(ground: Ground) -> None:
    for columns in [
        {"number": 9},
        {"due_on": "2027-01-01"},
        {"issued_on": "2026-01-01"},
        {"particulars": "{}"},
        {"provider_reference": "other"},
        {"issued_by_id": ground.parties.officer.pk},
        {"status": "draft"},
        {"status": "paid"},
    ]:
        with refused_by("invoice_moves_along"):
            update("invoice", where=ground.april.pk, **columns)
    with refused_by("invoice_moves_along"):
        update("invoice", where=ground.march.pk, approved_by_id=ground.parties.accountant.pk)


def test_an_invoice_takes_the_next_number(contract: Contract, parties: Parties) -> None:
    """The gap would be there for good: numbers are never given twice."""
    draft = billing.drafted(contract)[0]
    issued = {
        "status": "issued",
        "issued_on": "2026-06-20",
        "due_on": "2026-07-20",
        "issued_by_id": parties.provider_staff.pk,
    }
    for number in (2, 0):
        with refused_by("invoice_next_in_line"):
            update("invoice", where=draft.pk, number=number, **issued)
    with undone():
        update("invoice", where=draft.pk, number=1, **issued)


def test_an_approval_is_counted(ground: Ground) -> None:
    approval = {"status": "approved", "approved_by_id": ground.parties.second_officer.pk}
    with refused_by("invoice_counted"):
        update("invoice", where=ground.april.pk, **approval)
        check("invoice_counted")
    with undone():
        update("invoice", where=ground.april.pk, **approval)
        update("contractbalance", where=ground.contract.pk, approved="30400.00", fixed_fee_approved="30400.00")
        check()


LINE = {"charge": "expenses", "position": 9, "vat_treatment": "exempt", "vat_rate": 0, "vat": 0}


def test_an_issued_invoice_takes_no_more_lines(ground: Ground) -> None:
    with refused_by("invoice_line_only_on_a_draft"):
        insert("invoiceline", invoice_id=ground.april.pk, net="1.00", **LINE)


def test_lines_come_to_what_the_draft_says(contract: Contract, parties: Parties) -> None:
    february = billing.statements(contract)[0]
    columns = {
        "contract_id": contract.pk,
        "kind": "invoice",
        "statement_id": february.pk,
        "status": "draft",
        "provider_reference": "",
        "net": "15200.00",
        "vat": 0,
        "gross": "15200.00",
        "settled": 0,
        "drafted_at": LATER,
        "proposed_by_id": parties.officer.pk,
        "particulars": "{}",
    }
    with refused_by("invoice_lines_add_up"):
        insert("invoice", **columns)
        check("invoice_lines_add_up")
    draft = billing.drafted(contract)[0]
    with refused_by("invoice_line_adds_up"):
        insert("invoiceline", invoice_id=draft.pk, net="1.00", **LINE)
        check("invoice_line_adds_up")


def test_a_credit_note_names_invoices_of_its_contract_while_it_is_a_draft(contract: Contract, parties: Parties) -> None:
    february, *_, credit = billing.drafted(contract)
    with refused_by("credit_corrects"):
        insert("invoice_corrects", from_invoice_id=credit.pk, to_invoice_id=credit.pk)
    with refused_by("credit_corrects"):
        insert("invoice_corrects", from_invoice_id=february.pk, to_invoice_id=credit.pk)


def test_an_issued_credit_note_names_no_more_invoices(ground: Ground) -> None:
    with refused_by("credit_corrects"):
        insert("invoice_corrects", from_invoice_id=ground.may.pk, to_invoice_id=ground.march.pk)


# Payments


def test_a_payment_goes_to_approved_invoices_of_its_contract_and_repayments_to_credit_notes(ground: Ground) -> None:
    with refused_by("payment_allocation_fits"):
        allocation(payment(ground), ground.may, "10.00")
    with refused_by("payment_allocation_fits"):
        allocation(payment(ground), ground.april, "10.00")
    with refused_by("payment_allocation_fits"):
        allocation(payment(ground, kind="repayment"), ground.march, "10.00")


def test_a_payment_is_allocated_whole(ground: Ground) -> None:
    with refused_by("payment_allocated"):
        payment(ground)
        check("payment_allocated")
    for amount in ("9.99", "10.01"):
        with refused_by("payment_allocation_adds_up"):
            allocation(payment(ground), ground.march, amount)
            check("payment_allocation_adds_up")


def test_what_is_settled_is_what_was_paid_and_set_off(ground: Ground) -> None:
    february = ground.february
    assert (february.status, str(february.settled)) == ("part_paid", "5200.00")
    with refused_by("invoice_settled_holds"):
        update("invoice", where=february.pk, settled="5200.01")
        check("invoice_settled_holds")
    with refused_by("invoice_settled_holds"):
        update("invoice", where=february.pk, status="approved")
        check("invoice_settled_holds")
    with refused_by("payment_allocation_settles"):
        allocation(payment(ground), february, "10.00")
        check("payment_allocation_settles")
    with undone():
        allocation(payment(ground), february, "10.00")
        update("invoice", where=february.pk, settled="5210.00")
        check()


def test_more_than_is_owed_cannot_be_settled(ground: Ground) -> None:
    with refused_by("invoice_settled_within_gross"):
        allocation(payment(ground, amount="10000.01"), ground.february, "10000.01")
        update("invoice", where=ground.february.pk, settled="15200.01", status="paid")


def test_a_payment_is_reversed_once_and_as_it_was(ground: Ground) -> None:
    reversal = {"reverses_id": ground.payment.pk, "amount": "5000.00", "reason": "Twice"}
    with refused_by("payment_allocation_adds_up"):
        allocation(payment(ground, **reversal), ground.march, "5000.00")
        check("payment_allocation_adds_up")
    with refused_by("payment_allocation_adds_up"):
        allocation(payment(ground, **reversal | {"amount": "10.00"}), ground.february, "10.00")
        check("payment_allocation_adds_up")
    with undone():
        allocation(payment(ground, **reversal), ground.february, "5000.00")
        update("invoice", where=ground.february.pk, settled="200.00")
        check()
        with refused_by("invoicing_payment_reverses_id_key"):
            payment(ground, **reversal)


def test_credit_is_set_off_between_a_credit_note_and_an_invoice_that_are_approved(ground: Ground) -> None:
    columns = {
        "contract_id": ground.contract.pk,
        "amount": "10.00",
        "recorded_by_id": billing.clerk(ground.parties).pk,
        "recorded_at": LATER,
        "reason": "",
    }
    for credit, invoice in [(ground.march, ground.february), (ground.may, ground.april), (ground.february, ground.may)]:
        with refused_by("set_off_fits"):
            insert("setoff", credit_note_id=credit.pk, invoice_id=invoice.pk, **columns)
    with refused_by("set_off_settles"):
        insert("setoff", credit_note_id=ground.may.pk, invoice_id=ground.march.pk, **columns)
        update("invoice", where=ground.march.pk, status="part_paid", settled="10.00")
        check("set_off_settles")
    with undone():
        insert("setoff", credit_note_id=ground.may.pk, invoice_id=ground.march.pk, **columns)
        update("invoice", where=ground.march.pk, status="part_paid", settled="10.00")
        update("invoice", where=ground.may.pk, settled="210.00")
        check()


def test_a_set_off_is_reversed_once_and_as_it_was(ground: Ground) -> None:
    """200.00 of May's credit was set off against February."""
    made = SetOff.objects.get()
    right = {
        "contract_id": ground.contract.pk,
        "credit_note_id": ground.may.pk,
        "invoice_id": ground.february.pk,
        "amount": "200.00",
        "recorded_by_id": billing.clerk(ground.parties).pk,
        "recorded_at": LATER,
        "reverses_id": made.pk,
        "reason": "In error",
    }
    for wrong in ({"amount": "199.99"}, {"invoice_id": ground.march.pk}):
        with refused_by("set_off_fits"):
            insert("setoff", **right | wrong)
    with refused_by("set_off_settles"):
        insert("setoff", **right)
        update("invoice", where=ground.february.pk, settled="5000.00")
        check("set_off_settles")
    with undone():
        reversal = insert("setoff", **right)
        update("invoice", where=ground.february.pk, settled="5000.00")
        update("invoice", where=ground.may.pk, settled="0.00", status="approved")
        check()
        with refused_by("invoicing_setoff_reverses_id_key"):
            insert("setoff", **right)
        with refused_by("set_off_fits"):
            insert("setoff", **right | {"reverses_id": reversal})


def test_a_parked_statement_is_released_once(ground: Ground) -> None:
    by = ground.parties.accountant.pk
    columns = {"statement_id": ground.may.statement_id, "findings": "Too much", "parked_at": LATER, "reason": ""}
    release = {"released_at": LATER, "released_by_id": by, "reason": "Agreed by phone"}
    with refused_by("parked_released_once"):
        insert("parkedstatement", **(columns | release))
    with undone():
        key = insert("parkedstatement", **columns)
        update("parkedstatement", where=key, **release)
        with refused_by("parked_released_once"):
            update("parkedstatement", where=key, reason="Something else")
        with refused_by("parked_released_once"):
            update("parkedstatement", where=key, released_at=None, released_by_id=None, reason="")


# The owner, who has every privilege and every trigger before them


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_can_delete_truncate_or_change_nothing_either(ground: Ground, subtests: pytest.Subtests) -> None:
    insert(
        "invoicingterms",
        contract_id=ground.contract.pk,
        recorded_at=LATER,
        vat_treatments="{}",
        vat_rate=0,
        payment_days=30,
        agent_margin_rate=0,
        bank_reference="",
        order_reference="",
    )
    by = {"recorded_by_id": ground.parties.accountant.pk, "recorded_at": LATER}
    insert("financecodes", contract_id=ground.contract.pk, codes="{}", **by)
    variation = {"reference": "V1", "maximum_value": "1.00", "reason": "More children"}
    insert("contractvariation", contract_id=ground.contract.pk, **variation, **by)
    insert("parkedstatement", statement_id=ground.may.statement_id, findings="x", parked_at=LATER, reason="")
    for table in KEPT:
        with subtests.test(f"DELETE {table}"), refused_by(f"{table}_never_deleted", "owner"):
            execute(f"DELETE FROM invoicing_{table}", alias="owner")
        with subtests.test(f"TRUNCATE {table}"), refused_by(f"{table}_never_truncated", "owner"):
            execute(f"TRUNCATE invoicing_{table} CASCADE", alias="owner")
    for table in ADDED_ONLY:
        with subtests.test(f"UPDATE {table}"), refused_by(f"{table}_never_changed", "owner"):
            execute(f"UPDATE invoicing_{table} SET id = id", alias="owner")
