"""The demonstration's other council: its contract by its own terms, with the provider and the agent of the first."""

from decimal import Decimal

import pytest
from django.conf import LazySettings

from cohort.models import TermsVersion
from cohort.queries import contracts_visible_to
from invoicing.lifecycles import PAID
from invoicing.management import second_council
from invoicing.management.commands import demo
from invoicing.models import Invoice
from pbr_ledger.accounts.models import Organisation, Person, RoleGrant
from pbr_ledger.accounts.queries import organisations_of
from savings.management.parties import standing_clerk
from savings.queries import closed_result_document
from savings.services import Parties
from tests.savings import ledger


@pytest.fixture(autouse=True)
def _fast_passwords(settings: LazySettings) -> None:
    """Passwords hash fast here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def first(db: None) -> Parties:
    """The people of the first council, who were there before."""
    return demo._parties(*demo._cast())


@pytest.fixture
def second(first: Parties) -> Parties:
    """The people of the other council."""
    people = second_council.second_council(demo._cast()[0], demo._member)
    by = Person.objects.get(full_name=demo.ADMINISTRATOR)
    return second_council.second_parties(people, names=demo.NAMES, by=by)


def keeps(name: str) -> list[str]:
    """The names of the organisations whose people this administrator keeps."""
    return [each.name for each in organisations_of(Person.objects.get(full_name=name))]


def test_provider_and_paying_agent_are_those_of_the_first_council(first: Parties, second: Parties) -> None:
    assert (second.provider, second.agent) == (first.provider, first.agent)
    assert second.provider_staff == first.provider_staff
    assert second.council.name == "Westmoor Council"
    assert Organisation.objects.count() == 4


def test_each_council_keeps_its_own_people(second: Parties) -> None:
    assert keeps("Sam Whitford") == ["Plymouth City Council", "Reconnect", "Team Matrix"]
    assert keeps("Harriet Cole") == ["Reconnect", "Team Matrix", "Westmoor Council"]


def test_all_but_its_administrators_were_let_in_by_its_own(second: Parties) -> None:
    grants = RoleGrant.objects.filter(person__organisation=second.council).exclude(role="administrator")
    assert {grant.granted_by.full_name for grant in grants if grant.granted_by} == {"Harriet Cole"}
    assert grants.count() == 4


@pytest.mark.slow
def test_its_months_are_the_worked_example_and_its_invoices_bear_vat(first: Parties, second: Parties) -> None:
    clerk = standing_clerk(parties=second, cast=demo._cast()[0])
    contract = second_council.load_second_contract(second, clerk=clerk)

    assert closed_result_document(contract) == ledger.expected("westmoor")
    assert TermsVersion.objects.get().carer_fee_trigger == "approved"
    invoices = Invoice.objects.filter(contract=contract).order_by("number")
    assert [(each.net, each.vat, each.gross, each.status) for each in invoices] == [
        (Decimal("193.50"), Decimal("0.00"), Decimal("193.50"), PAID),
        (Decimal("24137.10"), Decimal("4827.42"), Decimal("28964.52"), PAID),
        (Decimal("89462.60"), Decimal("17862.88"), Decimal("107325.48"), PAID),
        (Decimal("74376.33"), Decimal("14875.27"), Decimal("89251.60"), PAID),
        (Decimal("75917.79"), Decimal("15130.19"), Decimal("91047.98"), PAID),
        (Decimal("68448.88"), Decimal("13665.57"), Decimal("82114.45"), PAID),
    ]
    assert list(contracts_visible_to(first.officer)) == []
    assert list(contracts_visible_to(second.officer)) == [contract]
    assert list(contracts_visible_to(first.provider_staff)) == [contract]
