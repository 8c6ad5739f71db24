"""Beancount's own program, `bean-check`, on the ledgers of the sample and of generated contracts."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from cohort.models import Contract
from invoicing.core.beancount import beancount_text
from invoicing.queries.ledger import booked_entries
from invoicing.services.scenarios import Settlement
from savings.core.scenario import Scenario
from savings.management.parties import SCENARIO_CAST, standing_clerk
from savings.services import Parties, load_scenario
from tests.ledger import billing
from tests.ledger.test_exports import ours, totals
from tests.oracle.strategies import contracts
from tests.savings import ledger

GENERATED = 12
AMOUNT = re.compile(r"^  (?P<account>[A-Z]\S+) +(?P<pounds>-?[0-9]+\.[0-9]{2}) GBP$", re.MULTILINE)


def settled(scenario: Scenario, parties: Parties) -> Contract:
    """The contract of the scenario, its months closed, invoiced, approved and paid."""
    return load_scenario(
        scenario=scenario,
        reference=scenario.contract,
        particulars=ledger.PARTICULARS,
        parties=parties,
        closing=True,
        follower=Settlement(parties=parties, clerk=standing_clerk(parties=parties, cast=SCENARIO_CAST)),
    )


def bean_check(text: str, folder: Path) -> tuple[bool, str]:
    """Whether the program accepts the file, and what it says."""
    path = folder / "ledger.beancount"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def a_penny_more(text: str, number: int) -> str:
    """The file with so many amounts in a row, the first ones, a penny above what they were."""
    changed = text
    for found in list(AMOUNT.finditer(text))[:number]:
        pounds = Decimal(found["pounds"])
        more = pounds + Decimal("0.01") * (1 if pounds > 0 else -1)
        changed = changed.replace(found[0], found[0].replace(found["pounds"], str(more)), 1)
    return changed


@pytest.mark.slow
def test_bean_check_accepts_the_sample_settled_and_catches_a_penny(parties: Parties, tmp_path: Path) -> None:
    """In one leg the entry does not balance; in both legs of the first entry the month's assertions do not hold."""
    contract = settled(ledger.scenario("plymouth"), parties)
    text = beancount_text(contract.reference, booked_entries(contract))

    assert bean_check(text, tmp_path) == (True, "")
    assert totals(text)[0] == ours(contract)
    assert billing.findings() == []

    accepted, said = bean_check(a_penny_more(text, 1), tmp_path)
    assert not accepted
    assert "Transaction does not balance: (0.01 GBP)" in said or "Transaction does not balance: (-0.01 GBP)" in said
    accepted, said = bean_check(a_penny_more(text, 2), tmp_path)
    assert not accepted
    assert "Balance failed" in said
    assert "does not balance" not in said


@pytest.mark.slow
def test_bean_check_accepts_generated_contracts_and_comes_to_our_balances(parties: Parties, tmp_path: Path) -> None:
    """The same contracts each time, loaded by the services; of each that has entries a penny changed is caught."""
    seen: list[tuple[int, bool]] = []

    @settings(
        max_examples=GENERATED,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(document=contracts())
    def check(document: dict[str, object]) -> None:
        with transaction.atomic():
            contract = settled(ledger.read_from(document), parties)
            entries, balances = booked_entries(contract), ours(contract)
            assert billing.findings(contract) == []
            transaction.set_rollback(True)
        text = beancount_text(contract.reference, entries)
        assert bean_check(text, tmp_path) == (True, "")
        assert {name: pounds or Decimal("0.00") for name, pounds in totals(text)[0].items()} == balances
        assert not entries or not bean_check(a_penny_more(text, 1), tmp_path)[0]
        seen.append((len(entries), any(entry.kind == "credit_note" for entry in entries)))

    check()
    assert sum(entries for entries, _ in seen) > 5 * GENERATED
    assert any(credit for _, credit in seen)
