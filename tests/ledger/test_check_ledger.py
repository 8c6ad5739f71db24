"""`check_ledger` finds whatever is wrong, says where, and exits with 1; of a sound ledger it finds nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from cohort.models import Contract, PlacementVersion
from invoicing.queries.checks.rows import QUESTIONS, row_findings
from savings.services import Parties, store_report
from tests.ledger import billing
from tests.ledger.ground import Ground, ground_of, insert
from tests.refusals import execute
from tests.savings import ledger


@pytest.fixture
def ground(contract: Contract, parties: Parties) -> Ground:
    """Something in every table."""
    return ground_of(contract, parties)


def test_a_sound_ledger_has_no_findings(ground: Ground, parties: Parties, capsys: pytest.CaptureFixture[str]) -> None:
    ledger.load(ledger.scenario("terms-varied"), parties, reference="not invoiced")

    call_command("check_ledger")
    call_command("check_ledger", "--contract", ground.contract.reference)

    assert capsys.readouterr().out == "Nothing found.\nNothing found.\n"


def test_a_statement_that_waits_for_a_person_is_named_but_is_no_finding(
    contract: Contract, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = billing.statements(contract)[0]
    insert("parkedstatement", statement_id=statement.pk, findings="Too much", parked_at="2026-06-20", reason="")

    call_command("check_ledger")

    assert capsys.readouterr().out == "Waiting: EXAMPLE 2026-02: is parked: Too much\nNothing found.\n"


# What the owner of the database can do, with the triggers off

ENTRY = "(SELECT id FROM invoicing_journalentry WHERE key = '{}')"
INVOICE = "(SELECT id FROM invoicing_invoice WHERE number = {})"
STATEMENT = "(SELECT id FROM savings_closedstatement WHERE month_start = '{}')"
ACCOUNT = "(SELECT id FROM invoicing_account WHERE code = '{}')"

TAMPERED: list[tuple[str, list[str]]] = [
    (
        (
            f"UPDATE invoicing_posting SET amount = amount + 0.01 WHERE side = 'debit'"
            f" AND entry_id = {ENTRY.format('invoice 1')}"
        ),
        [
            "EXAMPLE: the debits and credits of its books differ (0.01)",
            (
                "EXAMPLE entry 5: does not have the legs that it states, in balance"
                " (2 legs, 15200.01 and 15200.00, not 2 of 15200.00)"
            ),
            (
                "EXAMPLE: its books do not show what is approved and paid"
                " (account 5100 stands at 6400.01, should at 6400.00)"
            ),
        ],
    ),
    (
        (
            f"UPDATE invoicing_posting SET account_id = {ACCOUNT.format('5110')} WHERE side = 'debit'"
            f" AND entry_id = {ENTRY.format('statement 2026-02')}"
        ),
        [
            "EXAMPLE entry 1: mixes memorandum accounts with others",
            "EXAMPLE 2026-02: the memorandum accounts do not show what it states",
        ],
    ),
    (
        f"UPDATE invoicing_journalentry SET reverses_id = {ENTRY.format('invoice 2')} WHERE key = 'credit_note 4'",
        ["EXAMPLE entry 7: does not mirror the entry that it reverses"],
    ),
    (
        (
            "UPDATE invoicing_journalentry SET effective_on = '2026-01-31', recorded_at = '2026-07-01'"
            " WHERE key = 'invoice 2'"
        ),
        ["EXAMPLE entry 6: was posted into a period after it was closed (2025 P10)"],
    ),
    (
        "UPDATE invoicing_journalentry SET number = 99 WHERE key = 'statement 2026-04'",
        ["EXAMPLE: the numbers of its journal entries have a gap (8 entries to number 99)"],
    ),
    (
        "UPDATE invoicing_invoice SET number = 7 WHERE number = 4",
        ["EXAMPLE: the numbers of its invoices have a gap (4 invoices to number 7)"],
    ),
    (
        "UPDATE invoicing_contractbalance SET approved = approved + 0.01",
        ["EXAMPLE: its running columns are not what its rows come to"],
    ),
    (
        "UPDATE invoicing_contractbalance SET maximum = 99999999",
        ["EXAMPLE: a limit of its is above what any terms or variation say"],
    ),
    (
        f"UPDATE invoicing_invoiceline SET net = net + 0.01 WHERE invoice_id = {INVOICE.format(2)}",
        [
            "EXAMPLE invoice 2: its lines do not come to its amounts (24800.01 and 0.00 of VAT)",
            "EXAMPLE invoice 2: its lines are not what EXAMPLE 2026-03 charges",
        ],
    ),
    (
        "UPDATE invoicing_invoice SET net = net + 0.01, gross = gross + 0.01 WHERE number = 3",
        ["EXAMPLE invoice 3: is not of its statement's total (24000.00)"],
    ),
    (
        "UPDATE invoicing_invoice SET settled = settled - 0.01 WHERE number = 1",
        ["EXAMPLE invoice 1: says something else is settled than its payments and set-offs (5199.99, not 5200.00)"],
    ),
    (
        "UPDATE invoicing_invoice SET status = 'paid' WHERE number = 1",
        ["EXAMPLE invoice 1: its status does not fit what is settled of it (paid with 5199.99 of 15200.00)"],
    ),
    (
        "UPDATE invoicing_payment SET amount = amount + 0.01",
        [
            "EXAMPLE payment BACS 1: is not allocated whole (5000.00 of 5000.01)",
            (
                "EXAMPLE: its books do not show what is approved and paid"
                " (account 2200 stands at -5000.00, should at -5000.01)"
            ),
        ],
    ),
    (
        (
            f"UPDATE savings_agreement SET digest = repeat('ab', 32) WHERE side = 'council' AND proposal_id ="
            f" (SELECT proposal_id FROM savings_closedstatement WHERE id = {STATEMENT.format('2026-02-01')})"
        ),
        ["EXAMPLE 2026-02: an agreement is not to the figures that were closed (council)"],
    ),
    (
        (
            f"DELETE FROM savings_agreement WHERE side = 'provider' AND proposal_id ="
            f" (SELECT proposal_id FROM savings_closedstatement WHERE id = {STATEMENT.format('2026-03-01')})"
        ),
        ["EXAMPLE 2026-03: was closed without the agreement of both sides"],
    ),
    (
        (
            "UPDATE savings_closedstatement SET document = replace(document, '24000.00', '24000.01')"
            " WHERE month_start = '2026-04-01'"
        ),
        [
            "EXAMPLE 2026-04: its digest is not that of its figures",
            "EXAMPLE 2026-04: worked out again, it comes to other figures: C01: saving 24000.01, not 24000.00",
        ],
    ),
    (
        "UPDATE savings_closedstatement SET digest = repeat('ab', 32) WHERE month_start = '2026-05-01'",
        ["EXAMPLE 2026-05: it was closed on other figures than were proposed"],
    ),
    (
        "UPDATE savings_closedstatement SET audit_head = repeat('ab', 32) WHERE month_start = '2026-05-01'",
        ["EXAMPLE 2026-05: the head of the activity log that it was closed with is not in the log"],
    ),
    (
        "UPDATE audit_auditevent SET detail = replace(detail, '15200.00', '15200.01') WHERE action = 'invoice.issued'",
        ["contract:EXAMPLE, event "],
    ),
    (
        "UPDATE cohort_placementrate SET weekly = weekly + 7",
        ["EXAMPLE 2026-02: worked out again, it comes to other figures"],
    ),
    (
        (
            "INSERT INTO invoicing_setoff (contract_id, credit_note_id, invoice_id, amount, recorded_by_id,"
            " recorded_at, reverses_id, reason) SELECT contract_id, credit_note_id, invoice_id, 199.99, recorded_by_id,"
            " recorded_at, id, 'By hand' FROM invoicing_setoff"
        ),
        ["EXAMPLE set-off ", "EXAMPLE credit note 7: says something else is settled"],
    ),
]


def by_owner(statement: str) -> None:
    """Run the statement as the owner with every trigger off, as a repair by hand would be."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        ours = ("invoicing_", "savings_", "audit_", "cohort_")
        tables = [name for (name,) in cursor.fetchall() if name.startswith(ours)]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_whatever_is_changed_by_hand_is_found_and_its_place_named(
    ground: Ground, subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after the other, each on top of those before: what each adds to the findings is looked at."""
    before: set[str] = set()
    ever: set[str] = set()
    for statement, expected in TAMPERED:
        by_owner(statement)
        found = set(billing.findings())
        with subtests.test(statement):
            new = found - before
            missing = [text for text in expected if not any(finding.startswith(text) for finding in new)]
            assert not missing, sorted(new)
        before = found
        ever |= found

    with pytest.raises(SystemExit) as exited:
        call_command("check_ledger", "--contract", "EXAMPLE")
    said = capsys.readouterr()
    assert exited.value.code == 1
    assert said.err == f"{len(before)} findings.\n"
    assert set(said.out.splitlines()) == before
    looked_at = {message for message in QUESTIONS if any(message in finding for finding in ever)}
    assert set(QUESTIONS) - looked_at == CANNOT_BE_WRITTEN


CANNOT_BE_WRITTEN = {
    "more is approved than its limit allows",
    "two of its placements overlap",
    "its hash is not that of its content",
}
"""A plain constraint forbids these, which no trigger can be switched off for."""


OWN = ("id", "fact", "recorded_at")


def test_placements_that_overlap_are_found(contract: Contract) -> None:
    """Seen here before the end of the transaction, where the constraint would refuse them."""
    with transaction.atomic():
        execute("INSERT INTO cohort_placement (contract_id, reference) VALUES (%s, 'SECOND')", [contract.pk])
        copied = [field.column for field in PlacementVersion._meta.concrete_fields if field.name not in OWN]
        columns = ", ".join(copied)
        execute(
            f"INSERT INTO cohort_placementversion (fact_id, recorded_at, {columns})"
            f" SELECT (SELECT id FROM cohort_placement WHERE reference = 'SECOND'), '2026-07-01', {columns}"
            " FROM cohort_placementversion WHERE superseded_at IS NULL AND NOT retracted ORDER BY start LIMIT 1"
        )
        found = [str(finding) for finding in row_findings(contract)]
        transaction.set_rollback(True)
    assert any("two of its placements overlap" in finding for finding in found), found


def test_an_unknown_contract_is_no_clean_bill(db: None) -> None:
    with pytest.raises(CommandError, match="There is no contract NONE"):
        call_command("check_ledger", "--contract", "NONE")


# What even the triggers' absence does not allow: a plain constraint has to go first


@contextmanager
def tampered(table: str, constraint: str, change: str, undo: str) -> Iterator[None]:
    """The change is made by the owner without the constraint; afterwards it is undone, and the constraint back."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint])
        (definition,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        by_owner(change)
        yield
        by_owner(undo)
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_documents_unlike_their_hash_and_limits_that_were_passed_are_found(ground: Ground) -> None:
    statement = ground.february.statement
    report = store_report(statement=statement, name="x.pdf", media_type="application/pdf", content=b"as it was")
    kept = f"UPDATE savings_statementreport SET content = '%s' WHERE id = {report.pk}"
    with tampered(
        "savings_statementreport",
        "statement_report_hash_is_of_its_content",
        kept % "changed",
        kept % "as it was",
    ):
        assert billing.findings() == ["EXAMPLE 2026-02 x.pdf: its hash is not that of its content"]
    with tampered(
        "invoicing_contractbalance",
        "balance_within_maximum",
        "UPDATE invoicing_contractbalance SET maximum = 6399.99",
        f"UPDATE invoicing_contractbalance SET maximum = {ground.contract.balance.maximum}",
    ):
        assert billing.findings() == [
            (
                "EXAMPLE: more is approved than its limit allows"
                " (fixed fee 6400.00 of 599800.00, in all 6400.00 of 6399.99)"
            )
        ]
    assert billing.findings() == []
