"""What is recorded of an organisation for its documents: who corrects it, which forms are accepted, and the log."""

import json
from dataclasses import replace

import pytest

from pbr_ledger.accounts import services
from pbr_ledger.accounts.identifiers import electronic_address_problems, vat_number_of, vat_number_problems
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.services import OrganisationDetails, correct_organisation
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.errors import NotPermitted, Refused
from tests.accounts.conftest import at

DETAILS = OrganisationDetails(
    name="Reconnect",
    address="1 Sample Street\nExeter\nEX1 1AA",
    vat_number="999 9999 73",
    company_number="sc 123456",
    electronic_scheme="9932",
    electronic_identifier="GB999999973",
)


@pytest.fixture
def provider(administrator: Person) -> Organisation:
    """A provider of which no more than its name is recorded."""
    return services.create_organisation(
        reference="reconnect", name="Reconnect", kind="provider", by=administrator, clock=at(2025, 7, 3)
    )


def test_details_are_kept_in_one_form_and_stand_in_the_log(administrator: Person, provider: Organisation) -> None:
    corrected = correct_organisation(organisation=provider, details=DETAILS, by=administrator, clock=at(2025, 7, 4))

    assert OrganisationDetails.of(corrected) == replace(DETAILS, vat_number="GB999999973", company_number="SC123456")
    event = AuditEvent.objects.filter(stream="people").latest("sequence")
    assert (event.action, event.subject, event.actor_name) == ("organisation.corrected", "reconnect", "Ada Admin")
    assert json.loads(event.detail) == {
        "changed": {
            "address": ["", "1 Sample Street\nExeter\nEX1 1AA"],
            "vat_number": ["", "GB999999973"],
            "company_number": ["", "SC123456"],
            "electronic_scheme": ["", "9932"],
            "electronic_identifier": ["", "GB999999973"],
        }
    }


def test_what_changes_nothing_is_no_event(administrator: Person, provider: Organisation) -> None:
    correct_organisation(organisation=provider, details=DETAILS, by=administrator, clock=at(2025, 7, 4))
    before = AuditEvent.objects.count()
    correct_organisation(organisation=provider, details=DETAILS, by=administrator, clock=at(2025, 7, 5))
    assert AuditEvent.objects.count() == before

    emptied = OrganisationDetails(name="Reconnect CIC")
    assert OrganisationDetails.of(
        correct_organisation(organisation=provider, details=emptied, by=administrator, clock=at(2025, 7, 6))
    ) == OrganisationDetails("Reconnect CIC")
    assert AuditEvent.objects.count() == before + 1


def test_only_those_who_keep_an_organisation_correct_it(
    administrator: Person, officer: Person, provider: Organisation
) -> None:
    boss = services.create_person(
        organisation=provider,
        email="boss@reconnect.example",
        full_name="Bo Ss",
        password=None,
        by=administrator,
        clock=at(2025, 7, 3),
    )
    services.grant_role(person=boss, role="administrator", by=administrator, clock=at(2025, 7, 3))
    council = administrator.organisation

    for by, organisation in [(officer, council), (officer, provider), (boss, council)]:
        with pytest.raises(NotPermitted, match="Only an administrator corrects what is recorded of an organisation"):
            correct_organisation(organisation=organisation, details=DETAILS, by=by, clock=at(2025, 7, 4))
    assert Organisation.objects.filter(vat_number="").count() == 2

    correct_organisation(organisation=provider, details=DETAILS, by=boss, clock=at(2025, 7, 4))
    assert Organisation.objects.get(vat_number="GB999999973") == provider


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"name": " "}, "name", "must not be empty"),
        ({"name": "x" * 201}, "name", "has to be at most 200 signs"),
        ({"name": "Plymouth City Council"}, "name", "there is an organisation Plymouth City Council already"),
        ({"address": "a\0b"}, "address", "has to be plain text"),
        (
            {"vat_number": "12345678"},
            "vat_number",
            "has to be GB and nine digits, or twelve with a branch: GB123456782",
        ),
        (
            {"vat_number": "123 4567 81"},
            "vat_number",
            "is no VAT number: the check digits of GB123456781 do not fit the others",
        ),
        (
            {"company_number": "123"},
            "company_number",
            "has to be eight digits, or two letters and six digits: SC123456",
        ),
        ({"electronic_scheme": ""}, "electronic_scheme", "has to be a code of the EAS list, such as 0088 for a GLN"),
        (
            {"electronic_identifier": ""},
            "electronic_identifier",
            "must not be empty beside a scheme",
        ),
        (
            {"electronic_scheme": "0088"},
            "electronic_identifier",
            "is no GLN: thirteen digits, the last of which checks the others",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    administrator: Person, provider: Organisation, changes: dict[str, str], place: str, message: str
) -> None:
    with pytest.raises(Refused) as refused:
        correct_organisation(
            organisation=provider, details=replace(DETAILS, **changes), by=administrator, clock=at(2025, 7, 4)
        )
    assert [(problem.place, problem.message) for problem in refused.value.problems] == [(place, message)]
    provider.refresh_from_db()
    assert OrganisationDetails.of(provider) == OrganisationDetails("Reconnect")


@pytest.mark.parametrize(
    "number", ["GB123456782", "GB999999973", "GB123456782001", "GBGD001", "GBHA599", "GB123456727"]
)
def test_vat_numbers_of_every_british_form(number: str) -> None:
    """The last one's digits were given out later: they fit once 55 is added."""
    assert list(vat_number_problems(number)) == []


def test_a_vat_number_may_be_typed_with_spaces_or_without_its_country() -> None:
    assert vat_number_of("gb 123 4567 82") == "GB123456782"
    assert vat_number_of("123456782") == "GB123456782"
    assert vat_number_of("  ") == ""


@pytest.mark.parametrize(
    ("scheme", "identifier", "is_right"),
    [
        ("", "", True),
        ("0088", "5060012349998", True),
        ("0088", "5060012349997", False),
        ("0088", "506001234999", False),
        ("9932", "GB123456782", True),
        ("9932", "123456782", False),
        ("0192", "991825827", True),
        ("EM", "invoices@reconnect.example", True),
        ("EM", "two words", False),
        ("EM", "x" * 51, False),
        ("em", "invoices@reconnect.example", False),
    ],
)
def test_an_electronic_address_has_a_known_scheme_and_its_form(scheme: str, identifier: str, is_right: bool) -> None:
    assert (not list(electronic_address_problems(scheme, identifier))) is is_right
