"""What stands beside the terms: adding a contract, its particulars, invoicing terms, variations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.models import Contract
from invoicing.models import ContractVariation, InvoicingTerms
from invoicing.pages.terms import maximum_warning
from invoicing.services.terms import record_invoicing_terms, record_variation
from pbr_ledger.clock import DATABASE_CLOCK
from tests.cohort import sample
from tests.cohort.sample import Parties
from tests.signing_in import signed_in


def words_of(client: Client, address: str, posted: Mapping[str, Any] | None = None, **follow: bool) -> str:
    answer = client.get(address) if posted is None else client.post(address, posted, **follow)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def parties(db: None) -> Parties:
    """The people of a contract."""
    return sample.parties()


@pytest.fixture
def contract(parties: Parties) -> Contract:
    """A contract with one version of the terms."""
    contract = sample.contract_of(parties)
    sample.services.record_terms(
        contract=contract, terms=sample.TERMS, by=parties.lead_accountant, clock=sample.founded()
    )
    return contract


@pytest.fixture
def accountant(parties: Parties, client: Client) -> Client:
    return signed_in(parties.lead_accountant, client)


@pytest.fixture
def address(contract: Contract) -> str:
    return f"/contracts/{contract.pk}/"


# Adding a contract


def particulars(parties: Parties, **changed: str) -> dict[str, str]:
    return {
        "reference": " L05  26/27 ",
        "title": "Step-down from residential care",
        "provider": str(parties.provider.pk),
        "agent": str(parties.agent.pk),
        "decision_reference": "L05 26/27",
        "decision_on_0": "1",
        "decision_on_1": "4",
        "decision_on_2": "2026",
        **changed,
    }


def test_contract_is_added_and_its_first_terms_come_next(parties: Parties, accountant: Client):
    assert "Add a contract" in words_of(accountant, "/contracts/")
    answer = accountant.post("/contracts/add/", particulars(parties))
    made = Contract.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/contracts/{made.pk}/terms/record/")
    assert (made.reference, made.council, made.provider) == ("L05 26/27", parties.council, parties.provider)
    assert "Record the first terms" in words_of(accountant, answer["Location"])
    assert "has no terms yet" in words_of(accountant, f"/contracts/{made.pk}/terms/")
    assert "None are recorded yet" in words_of(accountant, f"/contracts/{made.pk}/particulars/")
    assert accountant.get(f"/contracts/{made.pk}/terms/schedule/").status_code == 302


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reference": "L04 25/26"}, "Reference: there is a contract L04 25/26 already"),
        ({"reference": " "}, "Enter the reference of the contract"),
        ({"title": "x" * 201}, "Title must be at most 200 characters"),
        ({"provider": ""}, "Choose the provider"),
        ({"agent": "0"}, "Choose the paying agent"),
        ({"decision_on_1": "13"}, "Date of the decision must be a real date"),
    ],
)
def test_contract_that_cannot_be_is_refused_at_its_field(
    parties: Parties, contract: Contract, accountant: Client, changed: dict[str, str], said: str
):
    assert said in words_of(accountant, "/contracts/add/", particulars(parties, **changed))
    assert Contract.objects.count() == 1


def test_provider_cannot_stand_as_paying_agent(parties: Parties, accountant: Client):
    posted = particulars(parties, agent=str(parties.provider.pk))
    assert "Choose the paying agent" in words_of(accountant, "/contracts/add/", posted)


@pytest.mark.parametrize("who", ["officer", "auditor", "provider_staff", "administrator"])
def test_only_the_lead_accountant_adds_a_contract(parties: Parties, client: Client, who: str):
    signed_in(getattr(parties, who), client)
    assert "Add a contract" not in words_of(client, "/contracts/")
    assert client.post("/contracts/add/", particulars(parties)).status_code == 403
    assert not Contract.objects.exists()


def test_particulars_name_the_parties_and_the_decision(accountant: Client, address: str):
    page = words_of(accountant, f"{address}particulars/")
    for words in ("Plymouth City Council", "Reconnect", "Team Matrix", "L04 25/26, 29 July 2025"):
        assert words in page


# Correcting a contract


def test_lead_accountant_corrects_a_contract_and_everybody_reads_what_it_was(
    parties: Parties, accountant: Client, address: str
):
    page = f"{address}particulars/correct/"
    assert "Correct the title or the decision" in words_of(accountant, f"{address}particulars/")
    sent = {
        "title": "Step-down for 21 children",
        "decision_reference": "L04 25/26",
        "decision_on_0": "30",
        "decision_on_1": "7",
        "decision_on_2": "2025",
        "reason": "Cabinet met a day later",
        "seen": "0",
    }
    assert "Say why it is corrected" in words_of(accountant, page, {**sent, "reason": ""})
    assert "This page is out of date. Open it again." in words_of(accountant, page, {**sent, "seen": "x"})
    done = words_of(accountant, page, sent, follow=True)
    for shown in ("The contract is corrected", "30 July 2025", "Step-down for 21 children", "Cabinet met a day later"):
        assert shown in done
    assert "Somebody has corrected this contract since" in words_of(accountant, page, {**sent, "title": "Other"})
    assert "Nothing differs from what is recorded." in words_of(accountant, page, {**sent, "seen": "1"})
    auditor = signed_in(parties.auditor, Client())
    read = words_of(auditor, f"{address}particulars/")
    assert "Cabinet met a day later" in read
    assert "Correct the title or the decision" not in read
    assert auditor.get(page).status_code == 403
    assert "Corrected the contract" in words_of(auditor, f"{address}activity/")


# Invoicing terms and variations


def invoicing(**changed: str) -> dict[str, str]:
    vat = dict.fromkeys(("vat_fixed_fee", "vat_carer_fees", "vat_success_fee", "vat_expenses"), "exempt")
    return {
        **vat,
        "vat_prior_periods": "exempt",
        "vat_rate": "20",
        "payment_days": "30",
        "agent_margin_rate": "0",
        "bank_reference": "",
        "order_reference": "",
        **changed,
    }


def test_exemption_is_shown_as_a_reading_until_it_is_decided_otherwise(
    contract: Contract, accountant: Client, address: str
):
    page = words_of(accountant, f"{address}terms/invoicing/")
    assert "Standard terms" in page
    assert "Every charge is taken to be exempt from VAT. That is a reading of the law" in page
    posted = invoicing(vat_expenses="standard", agent_margin_rate="1.25%", order_reference="PO 77", payment_days="14")
    page = words_of(accountant, f"{address}terms/invoicing/record/", posted, follow=True)
    recorded = InvoicingTerms.objects.get()
    assert recorded.vat_treatments["expenses"] == "standard"
    assert (recorded.agent_margin_rate, recorded.vat_rate) == (Decimal("0.0125"), Decimal("0.2000"))
    assert (recorded.payment_days, recorded.order_reference) == (14, "PO 77")
    for words in ("Invoicing terms recorded", "Version 1", "before: Exempt from VAT", "before: 30 days", "1.25%"):
        assert words in page
    assert "That is a reading of the law" not in page
    assert 'name="payment_days" value="14"' in words_of(accountant, f"{address}terms/invoicing/record/")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"vat_expenses": ""}, "Choose the VAT on expenses"),
        ({"vat_fixed_fee": "free"}, "Choose the VAT on the fixed fee"),
        ({"vat_rate": "101"}, "Enter a percentage from 0 to 100"),
        ({"payment_days": "366"}, "Enter a whole number from 0 to 365"),
        ({"agent_margin_rate": ""}, "Enter the margin of the paying agent, 0 if there is none"),
        ({"bank_reference": "x" * 101}, "Bank reference must be at most 100 characters"),
    ],
)
def test_invoicing_terms_that_are_wrong_are_refused_at_their_field(
    accountant: Client, address: str, changed: dict[str, str], said: str
):
    page = words_of(accountant, f"{address}terms/invoicing/record/", invoicing(**changed))
    assert said in page
    assert "This field is required" not in page
    assert not InvoicingTerms.objects.exists()


def test_variation_raises_what_the_contract_may_come_to(contract: Contract, accountant: Client, address: str):
    page = words_of(accountant, f"{address}variations/")
    assert "£1,000,000.00" in page
    assert "No variation is recorded." in page
    posted = {"reference": "V1", "maximum_value": "£1,200,000", "reason": "Three more children"}
    page = words_of(accountant, f"{address}variations/record/", posted, follow=True)
    for words in ("Variation V1 recorded", "£1,200,000.00", "Three more children", "Lea Ledger"):
        assert words in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reference": ""}, "Enter the reference of the variation"),
        ({"maximum_value": "0"}, "What the contract may come to must be above zero"),
        ({"maximum_value": ""}, "Enter what the contract may come to"),
        ({"reason": " "}, "Say why the contract is varied"),
    ],
)
def test_variation_that_is_wrong_is_refused_at_its_field(
    accountant: Client, address: str, changed: dict[str, str], said: str
):
    posted = {"reference": "V1", "maximum_value": "1,200,000", "reason": "Three more children", **changed}
    assert said in words_of(accountant, f"{address}variations/record/", posted)
    assert not ContractVariation.objects.exists()


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        (79, ""),
        (80, "80% or more of the maximum contract value is approved. Past it, an invoice needs a variation."),
        (89, "80% or more of the maximum contract value is approved. Past it, an invoice needs a variation."),
        (90, "90% or more of the maximum contract value is approved. Past it, an invoice needs a variation."),
        (100, "The maximum contract value is used up. An invoice that goes past it needs a variation."),
    ],
)
def test_warning_stands_from_80_and_90_percent_on(percent: int, said: str):
    assert maximum_warning(percent) == said


def test_variations_wait_for_terms(parties: Parties, accountant: Client):
    bare = sample.contract_of(parties)
    page = words_of(accountant, f"/contracts/{bare.pk}/variations/")
    assert "The contract has no terms yet" in page
    assert "Record a variation" not in page
    posted = {"reference": "V1", "maximum_value": "1", "reason": "None"}
    assert "No terms of the contract were known" in words_of(
        accountant, f"/contracts/{bare.pk}/variations/record/", posted
    )


@pytest.mark.parametrize("part", ["terms/invoicing/", "variations/"])
def test_fixed_number_of_queries_whatever_is_recorded(
    parties: Parties, contract: Contract, accountant: Client, address: str, part: str
):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            words_of(accountant, address + part)
        return len(found)

    def record(number: int) -> None:
        by = {"contract": contract, "by": parties.lead_accountant, "clock": DATABASE_CLOCK}
        if part == "variations/":
            record_variation(reference=f"V{number}", maximum_value=Decimal(number + 1), reason="More", **by)
        else:
            record_invoicing_terms(payment_days=number, **by)

    record(1)
    one = queries()
    for number in range(2, 301):
        record(number)
    assert queries() == one
    assert "Page 1 of " in words_of(accountant, address + part)
