"""How the first administrator comes in: by a link at the host's shell, until somebody has come in, and never after."""

import re
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import verify
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job
from savings.management.parties import SCENARIO_CAST, standing_parties
from tests.accounts.test_coming_in import PASSWORD

pytestmark = pytest.mark.django_db

ADA = {"email": "Ada@Example.gov.uk", "name": "Ada Admin", "council": "Example City Council"}


def shown(**given: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("first_administrator", stdout=out, **(ADA | given))
    return out.getvalue()


def path_in(said: str) -> str:
    """The link that stands there, without the name of the site."""
    found = re.search(r"^    https://ledger\.example(/\S+)$", said, re.MULTILINE)
    assert found is not None, said
    return found[1]


@pytest.fixture(autouse=True)
def _address(settings: LazySettings) -> None:
    settings.PUBLIC_ADDRESS = "https://ledger.example"


def test_first_administrator_chooses_a_password_by_the_link_and_sets_up_a_second_factor() -> None:
    said = shown()
    assert said.startswith("Ada Admin, administrator of Example City Council, chooses a password at\n")
    person = Person.objects.get()
    assert (person.email, person.has_usable_password()) == ("ada@example.gov.uk", False)
    assert permissions_now(person) == {"manage_people"}
    assert list(Organisation.objects.values_list("reference", "kind")) == [("example-city-council", "council")]
    assert not Job.objects.exists()

    browser = Client()
    assert browser.post(path_in(said), {"password": "short"}).status_code == 200
    assert browser.post(path_in(said), {"password": PASSWORD}).status_code == 302
    assert browser.post(path_in(said), {"password": PASSWORD}).status_code == 404
    actions = AuditEvent.objects.filter(stream="people").order_by("sequence").values_list("action", flat=True)
    assert list(actions) == [
        "installation.begun",
        "organisation.created",
        "person.created",
        "role.granted",
        "password.reset_asked",
        "password.reset",
    ]
    assert verify("people") == []

    browser.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert browser.get("/", follow=True).redirect_chain[-1] == (reverse("second-factor-set-up"), 302)


def test_until_somebody_has_come_in_the_command_gives_a_new_link_and_ends_the_old_one() -> None:
    first, second = path_in(shown()), path_in(shown(name="Somebody else", council="Another"))
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert Person.objects.get().full_name == "Ada Admin"
    Client().post(second, {"password": PASSWORD})
    for again in ({}, {"email": "eve@example.gov.uk"}):
        with pytest.raises(
            CommandError, match=r"Nobody was let in\. (Somebody has come in already|There are people already)"
        ):
            shown(**again)
    assert Person.objects.count() == 1


def test_whoever_came_in_over_the_directory_ends_it_too() -> None:
    shown()
    Person.objects.update(last_login=DATABASE_CLOCK.read(after=None))
    with pytest.raises(CommandError, match="Somebody has come in already"):
        shown()


def test_loaded_ledger_lets_its_administrator_in_and_nobody_else() -> None:
    names = {"council": "Plymouth City Council", "provider": "Reconnect", "agent": "Team Matrix"}
    parties = standing_parties(names=names, cast=SCENARIO_CAST)
    for email in (parties.officer.email, "eve@example.gov.uk"):
        with pytest.raises(CommandError, match=r"is no administrator|There are people already"):
            shown(email=email)
    assert Client().get(path_in(shown(email="scenario.administrator@plymouth-city-council.example"))).status_code == 200


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"council": " "}, "Name the council"),
        ({"council": "???"}, "--reference is small letters"),
        ({"reference": "Example City"}, "--reference is small letters"),
        ({"reference": "x" * 51}, "--reference is small letters"),
        ({"name": " "}, "--name is the person’s full name"),
        ({"email": "ada"}, "is not an e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_installed(given: dict[str, str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        shown(**given)
    assert not Organisation.objects.exists()
    assert not Person.objects.exists()


def test_council_is_that_of_the_settings_where_none_is_named(settings: LazySettings) -> None:
    settings.COUNCIL_NAME = "Plymouth City Council"
    call_command("first_administrator", email="ada@example.gov.uk", name="Ada", stdout=StringIO())
    assert Organisation.objects.get().reference == "plymouth-city-council"
