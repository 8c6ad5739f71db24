"""A scenario loaded all the way: issued, approved and paid at stated instants, the statements as ever."""

import json
from datetime import date

import pytest
from django.core.management import call_command

from cohort.models import Contract
from invoicing.models import Invoice, Payment, SetOff
from invoicing.queries.checks import check_everything
from invoicing.services.scenarios import Settlement
from pbr_ledger.errors import LedgerError
from savings.management.parties import SCENARIO_CAST, standing_clerk
from savings.queries import closed_result_document
from savings.services import Parties, load_scenario
from tests.invoicing.settling import pounds
from tests.savings import ledger


def settled(name: str, parties: Parties) -> Contract:
    """The scenario's contract with its months closed and what follows done."""
    return load_scenario(
        scenario=ledger.scenario(name),
        reference="settled",
        particulars=ledger.PARTICULARS,
        parties=parties,
        closing=True,
        follower=Settlement(parties=parties, clerk=standing_clerk(parties=parties, cast=SCENARIO_CAST)),
    )


def test_everything_is_paid_the_first_invoice_in_two_parts_and_credit_is_repaid(parties: Parties) -> None:
    contract = settled("breakdown-reported-late", parties)

    invoices = list(Invoice.objects.order_by("number"))
    assert [(each.kind, each.number, each.status) for each in invoices] == [
        ("invoice", 1, "paid"),
        ("invoice", 2, "paid"),
        ("invoice", 3, "paid"),
        ("credit_note", 4, "paid"),
    ]
    assert [each.issued_on for each in invoices] == [
        date(2026, 3, 8),
        date(2026, 4, 8),
        date(2026, 5, 8),
        date(2026, 6, 8),
    ]
    assert list(Payment.objects.order_by("recorded_at").values_list("kind", "amount", "paid_on")) == [
        ("payment", pounds("7600.00"), date(2026, 3, 18)),
        ("payment", pounds("7600.00"), date(2026, 4, 1)),
        ("payment", pounds("24800.00"), date(2026, 5, 2)),
        ("payment", pounds("24000.00"), date(2026, 6, 1)),
        ("repayment", pounds("33600.00"), date(2026, 8, 5)),
    ]
    assert list(check_everything(contract)) == []


@pytest.mark.parametrize("name", ["breakdown-reported-late", "expense-retracted", "terms-varied", "mid-month-move"])
def test_settling_changes_no_statement(name: str, parties: Parties) -> None:
    contract = settled(name, parties)

    assert closed_result_document(contract)["statements"] == ledger.expected(name)["statements"]
    assert list(check_everything(contract)) == []
    assert not Invoice.objects.exclude(status__in=["paid"]).exists()


def test_months_closed_when_there_are_no_dates_left_stay_unsettled(parties: Parties) -> None:
    document = json.loads(ledger.scenario_path("mid-month-move").read_bytes())
    document["close"][-1]["as_known_on"] = "9999-12-31"
    load_scenario(
        scenario=ledger.read_from(document),
        reference="last",
        particulars=ledger.PARTICULARS,
        parties=parties,
        closing=True,
        follower=Settlement(parties=parties, clerk=standing_clerk(parties=parties, cast=SCENARIO_CAST)),
    )
    assert Invoice.objects.count() == 0


def test_a_follower_that_fails_leaves_no_row(parties: Parties) -> None:
    """Without the clerk's role the payment is refused, and the whole loading with it."""
    before = ledger.row_counts()
    with pytest.raises(LedgerError, match="recorded by the paying agent"):
        load_scenario(
            scenario=ledger.scenario("mid-month-move"),
            reference="failing",
            particulars=ledger.PARTICULARS,
            parties=parties,
            closing=True,
            follower=Settlement(parties=parties, clerk=parties.officer),
        )
    assert ledger.row_counts() == before


def test_command_settles_and_prints_the_statements_alone(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_scenario", str(ledger.scenario_path("breakdown-reported-late")), "--close", "--as", "X 9")

    assert json.loads(capsys.readouterr().out) == {**ledger.expected("breakdown-reported-late"), "contract": "X 9"}
    assert Invoice.objects.filter(status="paid").count() == 4
    assert SetOff.objects.count() == 0


def test_command_without_closing_settles_nothing(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_scenario", str(ledger.scenario_path("mid-month-move")), "--as", "X 10")

    assert Invoice.objects.count() == 0
