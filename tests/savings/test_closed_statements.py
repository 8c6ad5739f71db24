"""A closed statement stays: whatever becomes known later, it prints the same from the facts as known then."""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from cohort import services as cohort
from cohort.core.facts import Expense, Retraction
from cohort.models import Contract
from cohort.queries import facts_known_at, terms_known_at
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month, day_of
from savings.core.document import as_text
from savings.core.model import statements
from savings.core.results import Position
from savings.models import ClosedStatement
from savings.queries import charges_in, closed_result_document, last_closed_month, position_before
from savings.services import Parties, reproduced, statement_text
from tests.savings import ledger

SCENARIO = "breakdown-reported-late"


@pytest.fixture
def contract(parties: Parties) -> Contract:
    """A contract with a fact that was learned late, and so with adjustments; every month closed."""
    return ledger.load(ledger.scenario(SCENARIO), parties)


def closed(contract: Contract) -> list[ClosedStatement]:
    return list(ClosedStatement.objects.filter(contract=contract).select_related("contract").order_by("month_start"))


def printed_again(contract: Contract) -> list[str]:
    return [as_text(reproduced(statement).document, compact=True) for statement in closed(contract)]


def kept(contract: Contract) -> list[tuple[object, ...]]:
    return list(ClosedStatement.objects.filter(contract=contract).order_by("month_start").values_list())


# Printing again


def test_every_statement_prints_the_same_from_the_facts_as_known_then(contract: Contract) -> None:
    documents = [statement.document for statement in closed(contract)]

    assert len(documents) == len(ledger.expected(SCENARIO)["statements"])
    assert printed_again(contract) == documents


def test_facts_corrections_retractions_and_terms_recorded_later_change_no_closed_statement(
    contract: Contract, parties: Parties
) -> None:
    before = printed_again(contract)
    rows = kept(contract)
    last = closed(contract)[-1]
    known = facts_known_at(contract=contract, at=last.known_at)
    child, claim = next(iter(known.children.values())), next(iter(known.claims.values()))
    corrected = next(iter(known.placements.values()))
    costlier = [type(rate)(rate.start, rate.weekly_pence + 10_000, rate.contribution_pence) for rate in corrected.costs]
    later = ledger.clock("2027-06-01 09:00", readings=5)
    terms = terms_known_at(contract=contract, at=last.known_at)[-1]

    cohort.record(
        contract=contract,
        facts=[
            type(child)(child.id, child.joined, last.month.first_day, child.baseline),
            type(corrected)(
                corrected.id,
                corrected.child,
                corrected.setting,
                corrected.start,
                corrected.until,
                corrected.ended,
                corrected.household,
                tuple(costlier),
            ),
            Retraction("claim", claim.id),
            Expense("LATE", last.month.first_day, "mileage", 4_500, "100 miles at 45p"),
        ],
        by=parties.officer,
        clock=later,
    )
    cohort.record_terms(contract=contract, terms=terms, by=parties.accountant, clock=later)

    assert facts_known_at(contract=contract, at=ledger.instant("2027-06-02 00:00")) != known
    assert printed_again(contract) == before
    assert kept(contract) == rows


def test_closing_later_months_leaves_the_rows_of_earlier_ones_as_they_were(parties: Parties) -> None:
    """The same contract, closed as far as each of two months: the earlier rows are equal but for their keys."""
    document = json.loads(ledger.scenario_path("terms-varied").read_bytes())
    until_two = ledger.load(ledger.read_from({**document, "close": document["close"][:2]}), parties, reference="two")
    whole = ledger.load(ledger.read_from(document), parties, reference="all")

    def content(contract: Contract) -> list[tuple[object, ...]]:
        rows = ClosedStatement.objects.filter(contract=contract).order_by("month_start")
        return list(rows.values_list("month_start", "known_at", "document", "expenses"))

    assert content(whole)[:2] == content(until_two)
    assert len(content(whole)) > 2


# The digest


def test_digest_is_the_sha256_of_reference_and_figures_in_canonical_form(contract: Contract) -> None:
    """Worked out here by hand from docs/contract.md 13.1."""
    for statement in closed(contract):
        figures = json.loads(statement.document)
        del figures["as_known_on"]
        canonical = json.dumps(
            {"contract": contract.reference, "statement": figures},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
        assert statement.digest == hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def test_digest_of_a_small_statement_written_out(parties: Parties) -> None:
    """With a child and a contract whose names need no escape in JSON, though they are not in ASCII."""
    document = json.loads(
        ledger.scenario_path("mid-month-move").read_text(encoding="utf-8").replace('"C01"', '"É4"')
    ) | {"contract": "Förderung №1"}
    contract = ledger.load(ledger.read_from(document), parties)

    (statement,) = closed(contract)
    (entry,) = closed_result_document(contract)["statements"]
    fees = ",".join(f'"{month}":"{fee}"' for month, fee in sorted(entry["fixed_fee_by_month"].items()))
    charges = ",".join(f'"{kind}":"{amount}"' for kind, amount in sorted(entry["charges"].items()))
    lines = ",".join(
        f'{{"child":"É4","nights":{line["nights"]},"saving":"{line["saving"]}"}}' for line in entry["lines"]
    )
    text = (
        '{"contract":"Förderung №1","statement":{"adjustments":[],'
        f'"charged_to_date":"{entry["charged_to_date"]}","charges":{{{charges}}},'
        f'"fixed_fee_by_month":{{{fees}}},"headroom":"{entry["headroom"]}","lines":[{lines}],'
        f'"month":"{entry["month"]}","run_rate":"{entry["run_rate"]}",'
        f'"savings_in_month":"{entry["savings_in_month"]}","savings_to_date":"{entry["savings_to_date"]}",'
        f'"schedule_to_date":"{entry["schedule_to_date"]}","total":"{entry["total"]}"}}}}'
    )
    assert len(entry["lines"]) == 1
    assert entry["adjustments"] == []
    assert statement.digest == hashlib.sha256(text.encode("utf-8")).hexdigest()


# The position before a month


def without_zeros(position: Position) -> Position:
    """A child stated to the sum of nothing is the same as a child never stated."""
    tables = {
        month: {child: saving for child, saving in table.items() if saving} for month, table in position.stated.items()
    }
    stated = {month: table for month, table in tables.items() if table}
    return Position(stated, position.charged, position.savings_reached, position.released)


def pure_positions(name: str) -> Iterator[tuple[Month, Position]]:
    for result in statements(ledger.scenario(name)):
        yield result.month, result.position


@pytest.mark.parametrize("name", ["expense-retracted", "expenses-wait", "savings-to-date", SCENARIO])
def test_position_read_back_from_closed_documents_is_that_of_the_pure_path(name: str, parties: Parties) -> None:
    contract = ledger.load(ledger.scenario(name), parties)

    for month, position in pure_positions(name):
        assert without_zeros(position_before(contract=contract, month=month.plus(1))) == without_zeros(position)
    first = ledger.scenario(name).closings[0].month
    assert position_before(contract=contract, month=first) == Position({}, type(position.charged)(), False, frozenset())


# Reading what is closed


def test_documents_and_charges_are_read_back_as_closed(contract: Contract) -> None:
    stated = ledger.expected(SCENARIO)["statements"]

    assert str(last_closed_month(contract)) == stated[-1]["month"]
    for statement, entry in zip(closed(contract), stated, strict=True):
        assert json.loads(statement_text(statement)) == {"contract": contract.reference, "statements": [entry]}
        assert charges_in(statement).total == pence_of(Decimal(entry["total"]))
        assert day_of(statement.known_at).isoformat() == entry["as_known_on"]
