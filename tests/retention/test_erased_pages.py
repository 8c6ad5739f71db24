"""Every way in to an erased contract: what is kept is shown, what is gone says so, and nothing fails."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from cohort.core.facts import Child, Rate
from cohort.models import Contract
from cohort.queries.erasures import ContractErased
from cohort.services import record
from invoicing.pages.reports.kinds import KINDS
from invoicing.services.ledger_year_end import accrue_year_end
from invoicing.services.retention import erase
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import needs_of
from pbr_ledger.words import amount_shown
from savings.models import ClosedStatement, Proposal
from tests.api.programs import Program
from tests.invoicing.settling import World
from tests.savings import ledger
from tests.savings.ledger import instant
from tests.signing_in import signed_in

BOTH = pytest.mark.django_db(transaction=True, databases=["default", "owner", "agent"])
KEPT = {
    "contract",
    "activity",
    "contract-correct",
    "contract-history",
    "invoices",
    "invoice",
    "invoice-document",
    "ledger",
    "payments",
    "payment-practice",
    "reports",
    "terms",
    "terms-version",
    "variations",
    "invoicing-terms",
}
"""Pages that show what is kept, among others."""


def addresses(contract: int) -> Iterator[tuple[str, str]]:
    """Every address below a contract, by name."""
    for pattern in _patterns(get_resolver().url_patterns):
        converters = pattern.pattern.converters
        if pattern.name and "contract_id" in converters:
            parts = {name: 1 if isinstance(each, IntConverter) else "2026-01" for name, each in converters.items()}
            if "name" not in parts:
                yield pattern.name, reverse(pattern.name, kwargs={**parts, "contract_id": contract})


def _patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in found:
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns)
        else:
            yield each


def erased() -> World:
    """A contract that is over and erased."""
    world = World.of(ledger.scenario("penny-rounding"))
    world.all_approved()
    erase(contract=world.contract, by=world.parties.accountant)
    return world


@BOTH
def test_pages_of_an_erased_contract_show_what_is_kept_and_say_of_the_rest_that_it_was_erased(
    transactional_db: None, in_2033: None
):
    world = erased()
    browser = signed_in(world.parties.accountant, Client(raise_request_exception=False))
    answers: dict[str, Any] = {name: browser.get(address) for name, address in addresses(world.contract.pk)}
    by_status = Counter(answer.status_code for answer in answers.values())
    assert {name for name, answer in answers.items() if answer.status_code >= 500} == set()
    assert by_status[410] > 40
    assert {name for name in KEPT & set(answers) if answers[name].status_code == 410} == set()
    sentence = "was erased on {} under the retention schedule"
    said = sentence.format(shown_today())
    for name, answer in answers.items():
        if answer.status_code == 410:
            assert said in answer.content.decode(), name
    first = answers["contract"].content.decode()
    assert (said in first, answers["contract"].status_code) == (True, 200)
    statement = ClosedStatement.objects.filter(contract=world.contract).latest("month_start")
    assert statement.digest[:8] in first.replace(" ", "")
    assert browser.get(reverse("contracts")).status_code == 200
    log = browser.get(f"{reverse('activity', args=[world.contract.pk])}?verify=1").content.decode()
    assert ("(erased)" in log, "the seal of what is left of them: the chain is whole" in log) == (True, True)
    reports = f"/contracts/{world.contract.pk}/reports/"
    found = {kind.key: browser.get(f"{reports}{kind.key}/").status_code for kind in KINDS}
    assert {key for key, status in found.items() if status == 200} == {"month", "account", "prompt-payment"}
    assert set(found.values()) == {200, 410}
    month = browser.get(f"{reports}month/report.pdf")
    assert (month.status_code, "Savings by setting" in answers["reports"].content.decode()) == (200, False)
    page = browser.get(f"{reports}month/").content.decode()
    assert charged_to_date(world.contract) in page
    needs = [need.text for need in needs_of(world.parties.officer, [world.contract.pk])]
    assert needs == ["Invoice 1 is overdue: £45,896.64 is left to pay"]


def charged_to_date(contract: Contract) -> str:
    """What the totals of the last statement say, as pages write it."""
    last = json.loads(ClosedStatement.objects.filter(contract=contract).latest("month_start").document)
    return amount_shown(last["charged_to_date"])


def shown_today() -> str:
    """Today as pages write it."""
    day: date = DATABASE_CLOCK.read(after=None).date()
    return f"{day.day} {day:%B %Y}"


@BOTH
def test_exports_services_and_programs_are_refused_with_the_sentence(
    transactional_db: None, in_2033: None, tmp_path: Path
):
    world = erased()
    last = ClosedStatement.objects.filter(contract=world.contract).latest("month_start")
    for document in ("reconciliation.pdf", "workbook.xlsx", "statement.json"):
        error = io.StringIO()
        with pytest.raises((SystemExit, CommandError)):
            call_command("export", document, contract="EXAMPLE", month=str(last.month), stderr=error)
        assert "EXAMPLE was erased on " in error.getvalue()
    for document, which in (("journal.csv", {"year": 2025}), ("ledger.beancount", {})):
        call_command("export", document, contract="EXAMPLE", output=tmp_path / document, **which)
        assert (tmp_path / document).stat().st_size > 100
    child = Child("C99", instant("2026-01-01 00:00").date(), None, (Rate(instant("2025-01-01 00:00").date(), 1),))
    with pytest.raises(ContractErased, match=r"^EXAMPLE was erased on "):
        record(contract=world.contract, facts=[child], by=world.parties.officer, clock=DATABASE_CLOCK)
    with pytest.raises(ContractErased, match=r"^EXAMPLE was erased on "):
        accrue_year_end(contract=world.contract, year=2031, by=world.parties.accountant, clock=DATABASE_CLOCK)
    council = Program.of(world.parties.council)
    of = f"con_{world.contract.pk}"
    proposal = Proposal.objects.filter(contract=world.contract).latest("pk")
    for address in (
        f"children?contract={of}",
        f"statements/stm_{last.pk}",
        f"statements/stm_{last.pk}/statement.json",
        f"statements/stm_{last.pk}/reconciliation.pdf",
        f"proposals/prp_{proposal.pk}",
    ):
        answer = council.get(address)
        assert (answer.status_code, answer.json()["type"]) == (410, "/api/v1/problems/erased"), address
    assert council.get(f"invoices?contract={of}").status_code == 200
    assert council.get(f"statements?contract={of}").status_code == 200
