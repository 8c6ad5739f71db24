"""A list costs as many queries with three hundred rows as with one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from invoicing.models import Invoice, Payment, Posting
from pbr_ledger.needs import needs_of
from tests.pages import billing
from tests.pages.many import copied
from tests.pages.world import World, world
from tests.signing_in import signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


@pytest.fixture
def here(transactional_db: None) -> World:
    """One invoice, paid in part."""
    here = world()
    (draft,) = billing.drafted(here.contract)
    billing.paid(here.contract, billing.approved(here.contract, draft), "1.00")
    return here


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def needs_cost(here: World, who: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert needs_of(here.people[who], [here.contract.pk])
    return len(captured)


def test_lists_cost_as_many_queries_with_three_hundred_rows_as_with_one(here: World):
    invoice = Invoice.objects.get()
    contract = f"/contracts/{here.contract.pk}/"
    accountant = signed_in(here.people["own council lead_accountant"])
    clerk = signed_in(here.people["own agent payments_clerk"])
    addresses = [
        (accountant, f"{contract}invoices/"),
        (accountant, f"{contract}invoices/{invoice.pk}/"),
        (accountant, f"{contract}invoices/payment-practice/"),
        (accountant, f"{contract}payments/"),
        (accountant, f"{contract}reports/month/"),
        (accountant, f"{contract}reports/prompt-payment/"),
        (accountant, f"{contract}ledger/"),
        (accountant, f"{contract}ledger/year/"),
        (accountant, f"{contract}ledger/accounts/2100/"),
        (accountant, f"{contract}ledger/periods/"),
        (clerk, "/payables/"),
        (clerk, f"/payables/invoices/{invoice.pk}/"),
        (clerk, "/payables/recorded/"),
        (clerk, f"/payables/contracts/{here.contract.pk}/pay/"),
    ]
    readers = ("own council finance_officer", "own agent payments_clerk")
    before = {address: queries_of(client, address) for client, address in addresses}
    needs_before = {who: needs_cost(here, who) for who in readers}
    copied(here.contract)
    assert [table.objects.count() for table in (Invoice, Payment)] == [300, 300]
    assert Posting.objects.filter(account__code="2100").count() == 600
    assert {address: queries_of(client, address) for client, address in addresses} == before
    assert {who: needs_cost(here, who) for who in readers} == needs_before
    assert "Page 1 of 6" in accountant.get(f"{contract}invoices/").content.decode()
