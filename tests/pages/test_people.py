"""The pages about people and organisations, and one's own account."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import FactorReset, Organisation, Person, RoleGrant
from pbr_ledger.accounts.queries import roles_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import day_of
from tests.pages.world import PASSWORD
from tests.signing_in import APP_SECRET, app_of, code_of, signed_in


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def today() -> object:
    return day_of(DATABASE_CLOCK.read(after=None))


@pytest.fixture
def administrator(folk: dict[str, Person]) -> Client:
    """The council's."""
    return signed_in(folk["own council administrator"])


def person_address(person: Person) -> str:
    return f"/people/{person.pk}/"


def test_councils_administrator_keeps_everybody_others_only_their_own(folk: dict[str, Person], administrator: Client):
    everybody = page_of(administrator, "/people/")
    assert "priya.provider@reconnect.example" in everybody
    assert "lee.accountant@plymouth.example" in everybody
    theirs = page_of(signed_in(folk["own provider administrator"]), "/people/")
    assert "priya.provider@reconnect.example" in theirs
    assert "lee.accountant@plymouth.example" not in theirs


def test_menu_leads_administrators_alone_to_people(folk: dict[str, Person], administrator: Client):
    assert ">People</a>" in page_of(administrator, "/contracts/")
    assert ">Organisations</a>" in page_of(administrator, "/contracts/")
    providers = page_of(signed_in(folk["own provider administrator"]), "/contracts/")
    assert ">People</a>" in providers
    assert ">Organisations</a>" not in providers
    others = page_of(signed_in(folk["own council auditor"]), "/contracts/")
    assert ">People</a>" not in others
    assert ">Your account</a>" in others


def test_list_finds_by_name_or_address_and_says_when_there_is_nobody(administrator: Client):
    found = page_of(administrator, "/people/?q=PRIYA")
    assert ("Priya Provider" in found, "Lee Accountant" in found) == (True, False)
    assert "Nobody of that name or address." in page_of(administrator, "/people/?q=zzz")
    assert "Nobody has left." in page_of(administrator, "/people/?show=left")


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_take_as_many_queries_for_three_hundred_as_for_few(folk: dict[str, Person], administrator: Client):
    before = queries_of(administrator, "/people/"), queries_of(administrator, "/organisations/")
    council = folk["own council auditor"].organisation
    Organisation.objects.bulk_create(
        Organisation(reference=f"o{number}", name=f"Organisation {number}", kind="agent") for number in range(300)
    )
    people = Person.objects.bulk_create(
        Person(organisation=council, email=f"p{number}@x.example", full_name=f"Person {number}")
        for number in range(300)
    )
    giver = folk["own council administrator"]
    at = DATABASE_CLOCK.read(after=None)
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role="auditor", granted_by=giver, granted_at=at) for person in people
    )
    assert (queries_of(administrator, "/people/"), queries_of(administrator, "/organisations/")) == before
    assert "Page 1 of 7" in page_of(administrator, "/people/")


def test_inviting_mails_a_link_that_leads_in(folk: dict[str, Person], administrator: Client, settings: LazySettings):
    council = folk["own council auditor"].organisation
    asked = {
        "organisation": council.pk,
        "full_name": "Nia New",
        "email": "Nia@Plymouth.example",
        "roles": ["auditor"],
        "until_0": "",
        "until_1": "",
        "until_2": "",
    }
    assert administrator.post("/people/invite/", asked)["Location"] == "/people/"
    person = Person.objects.get(email="nia@plymouth.example")
    assert "The invitation is waiting to be mailed." in page_of(administrator, person_address(person))
    jobs.run(job_id=Job.objects.get(kind=services.MAIL_LINK).pk)
    assert "The invitation was mailed. Its link works until" in page_of(administrator, person_address(person))
    link = re.search(r"/invitations/[0-9a-f]{64}/", mail.outbox[0].body)
    assert link is not None

    visitor = Client()
    assert "Choose your password" in page_of(visitor, link[0])
    weak = visitor.post(link[0], {"password": "short"}).content.decode()
    assert "New password: it must have at least 12 characters" in weak
    assert visitor.post(link[0], {"password": "three unrelated words"}).status_code == 302
    assert visitor.get("/contracts/")["Location"] == "/account/second-factor/"
    gone = Client().get(link[0])
    assert gone.status_code == 404
    assert "This link does not work any more" in gone.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"full_name": ""}, "Enter the person’s name"),
        ({"email": "nobody"}, "Enter an e-mail address in the correct format"),
        ({"email": ""}, "Enter the person’s e-mail address"),
        ({"roles": []}, "Choose at least one role"),
        ({"organisation": ""}, "Choose the organisation"),
        ({"roles": ["provider_staff"]}, "Provider staff: not a role in Plymouth City Council"),
        ({"email": "ugo.auditor@plymouth.example"}, "there is a person with the address"),
        ({"until_0": "1", "until_1": "1", "until_2": "2020"}, "Until: must be after today"),
        ({"until_0": "1"}, "Until must include a month and year"),
    ],
)
def test_invitation_says_at_its_fields_what_is_wrong(
    folk: dict[str, Person], administrator: Client, changes: dict, said: str
):
    council = folk["own council auditor"].organisation
    right = {"organisation": council.pk, "full_name": "Nia", "email": "nia@plymouth.example", "roles": ["auditor"]}
    page = administrator.post("/people/invite/", {**right, **changes}).content.decode()
    assert "<title>Error: Invite somebody" in page
    assert said in page
    assert not Person.objects.filter(email="nia@plymouth.example").exists()


def test_provider_invites_into_its_own_organisation_only(folk: dict[str, Person]):
    theirs = signed_in(folk["own provider administrator"])
    council = folk["own council auditor"].organisation
    asked = {"organisation": council.pk, "full_name": "Nia", "email": "nia@x.example", "roles": ["administrator"]}
    assert "Choose one of the organisations" in theirs.post("/people/invite/", asked).content.decode()
    assert not Person.objects.filter(email="nia@x.example").exists()


def test_role_is_lent_to_a_deputy_and_taken_again(folk: dict[str, Person], administrator: Client):
    person = folk["own council nobody"]
    asked = {"role": "lead_accountant", "until_0": "1", "until_1": "3", "until_2": "2099"}
    assert administrator.post(f"{person_address(person)}roles/give/", asked).status_code == 302
    assert roles_of(person, today()) == {"lead_accountant"}
    page = page_of(administrator, person_address(person))
    assert "Lead Accountant</th>" in page
    assert ">1 March 2099</td>" in page
    assert "Ada Administrator</td>" in page
    grant = RoleGrant.objects.get(person=person)
    administrator.post(f"{person_address(person)}roles/{grant.pk}/take/")
    assert roles_of(person, today()) == frozenset()
    assert "Taken on" in page_of(administrator, person_address(person))


def test_role_of_another_person_is_not_found_under_this_one(folk: dict[str, Person], administrator: Client):
    grant = RoleGrant.objects.get(person=folk["own council auditor"])
    person = folk["own council nobody"]
    assert administrator.post(f"{person_address(person)}roles/{grant.pk}/take/").status_code == 404


def test_administrators_do_nothing_to_themselves(folk: dict[str, Person], administrator: Client):
    me = folk["own council administrator"]
    page = page_of(administrator, person_address(me))
    assert "This is you." in page
    assert "Give or lend a role" not in page
    for ending in ("roles/give/", "close/", "lost-factor/"):
        assert administrator.get(f"{person_address(me)}{ending}").status_code == 403
    grant = RoleGrant.objects.get(person=me)
    administrator.post(f"{person_address(me)}roles/{grant.pk}/take/")
    assert roles_of(me, today()) == {"administrator"}


def test_closing_takes_two_steps_and_shows_the_leaver_among_those_who_left(
    folk: dict[str, Person], administrator: Client
):
    leaver = folk["own council auditor"]
    assert "An account that was closed cannot be opened again." in page_of(
        administrator, f"{person_address(leaver)}close/"
    )
    assert administrator.post(f"{person_address(leaver)}close/")["Location"] == person_address(leaver)
    assert "Ugo Auditor" in page_of(administrator, "/people/?show=left")
    page = page_of(administrator, person_address(leaver))
    assert "Has left, on" in page
    assert "Give or lend a role" not in page


def test_lost_factor_is_reset_by_two_administrators(folk: dict[str, Person], administrator: Client):
    person = folk["own provider provider_staff"]
    app_of(person)
    asked = f"{person_address(person)}lost-factor/"
    assert "Enter the reason" in administrator.post(asked, {"reason": ""}).content.decode()
    administrator.post(asked, {"reason": "Phone lost; known by voice."})
    reset = FactorReset.objects.get(person=person)
    confirm = f"{asked}{reset.pk}/confirm/"
    mine = page_of(administrator, person_address(person))
    assert ("Another administrator has to confirm it" in mine, "Confirm the reset" in mine) == (True, False)
    administrator.post(confirm)
    assert Authenticator.objects.filter(user=person).exists()
    second = signed_in(folk["own provider administrator"])
    waits = f"Confirm or refuse the reset of {person.full_name}’s second factor"
    assert (waits in page_of(second, "/people/"), waits in page_of(administrator, "/people/")) == (True, False)
    assert "Confirm the reset</button>" in page_of(second, person_address(person))
    second.post(confirm)
    assert waits not in page_of(second, "/people/")
    assert not Authenticator.objects.filter(user=person).exists()
    assert "No second factor yet" in page_of(second, person_address(person))


def test_changes_to_roles_ask_who_somebody_is_after_five_minutes(folk: dict[str, Person]):
    late = signed_in(folk["own council administrator"], minutes_ago=6)
    person = folk["own council nobody"]
    page = late.post(f"{person_address(person)}roles/give/", {"role": "auditor"}).content.decode()
    assert "Confirm that it is still you" in page
    assert roles_of(person, today()) == frozenset()


# ── One's own account ────────────────────────────────────────────────────────────────────────────────────────────────
def came_in(person: Person) -> Client:
    """By the pages themselves."""
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    client.post("/sign-in/second-factor/", {"code": code_of(person)})
    return client


def test_account_shows_who_one_is_and_where_one_is_signed_in(folk: dict[str, Person]):
    person = folk["own council auditor"]
    services.add_app(person=person, secret=APP_SECRET, clock=DATABASE_CLOCK)
    here_, elsewhere = came_in(person), came_in(person)
    page = page_of(here_, "/account/")
    for words in ("Ugo Auditor", "ugo.auditor@plymouth.example", "Auditor</th>", "Authenticator app", "127.0.0.1"):
        assert words in page
    assert page.count("Firefox on Linux") == 3  # here; elsewhere, and its button
    assert "10 of your recovery codes have not been used." in page
    session = re.search(r"/account/sessions/\d+/end/", page)
    assert session is not None
    here_.post(session[0])
    assert elsewhere.get("/account/").status_code == 302
    assert here_.get("/account/").status_code == 200


def test_changing_the_password_signs_out_everywhere_else(folk: dict[str, Person]):
    person = folk["own council auditor"]
    app_of(person)
    here_, elsewhere = came_in(person), came_in(person)
    wrong = here_.post("/account/password/", {"current": "not my password", "password": "three unrelated words"})
    assert "This is not your password" in wrong.content.decode()
    alone = here_.post("/account/password/", {"password": "three unrelated words"})
    assert "Enter your current password" in alone.content.decode()
    assert elsewhere.get("/account/").status_code == 200
    both = {"current": PASSWORD, "password": "three unrelated words"}
    assert here_.post("/account/password/", both)["Location"] == "/account/"
    assert here_.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    person.refresh_from_db()
    assert person.check_password("three unrelated words")


def test_ending_sessions_asks_who_somebody_is_after_five_minutes(folk: dict[str, Person]):
    person = folk["own council auditor"]
    app_of(person)
    elsewhere = came_in(person)
    late = signed_in(person, minutes_ago=6)
    assert "Confirm that it is still you" in late.post("/account/sessions/end/").content.decode()
    assert elsewhere.get("/account/").status_code == 200
    late.post("/account/sessions/end/", {"identity-password": PASSWORD})
    assert elsewhere.get("/account/").status_code == 302


def test_signing_out_everywhere_else_leaves_this_session(folk: dict[str, Person]):
    person = folk["own council auditor"]
    app_of(person)
    here_, elsewhere = came_in(person), came_in(person)
    here_.post("/account/sessions/end/")
    assert elsewhere.get("/account/").status_code == 302
    assert here_.get("/account/").status_code == 200


def test_only_second_factor_is_not_offered_for_removal(folk: dict[str, Person]):
    person = folk["own council auditor"]
    app = app_of(person)
    client = signed_in(person)
    assert f"/account/second-factor/{app.pk}/remove/" not in page_of(client, "/account/")
    answer = client.post(f"/account/second-factor/{app.pk}/remove/", follow=True).content.decode()
    assert "This is your only second factor. Add another one first." in answer
    assert Authenticator.objects.filter(pk=app.pk).exists()


def test_recovery_codes_are_shown_and_renewed(folk: dict[str, Person]):
    person = folk["own council auditor"]
    services.add_app(person=person, secret=APP_SECRET, clock=DATABASE_CLOCK)
    client = signed_in(person)
    before = set(re.findall(r">(\d{8})</li>", page_of(client, "/account/recovery-codes/")))
    client.post("/account/recovery-codes/new/")
    after = set(re.findall(r">(\d{8})</li>", page_of(client, "/account/recovery-codes/")))
    assert (len(before), len(after), before & after) == (10, 10, set())


def test_recovery_codes_are_shown_to_nobody_who_finds_an_open_screen(folk: dict[str, Person]):
    person = folk["own council auditor"]
    services.add_app(person=person, secret=APP_SECRET, clock=DATABASE_CLOCK)
    client = signed_in(person, minutes_ago=6)
    assert "Confirm that it is still you" in page_of(client, "/account/recovery-codes/")
    wrong = client.post("/account/recovery-codes/", {"identity-reading": "1", "identity-password": "not it"})
    assert "This is not your password" in wrong.content.decode()
    right = client.post("/account/recovery-codes/", {"identity-reading": "1", "identity-password": PASSWORD})
    assert right["Location"] == "/account/recovery-codes/"
    assert len(re.findall(r">\d{8}</li>", page_of(client, "/account/recovery-codes/"))) == 10


# ── Forgotten passwords ──────────────────────────────────────────────────────────────────────────────────────────────
def test_forgotten_password_answers_the_same_to_everybody(folk: dict[str, Person]):
    person = folk["own council auditor"]
    pages = [
        Client().post("/password/forgotten/", {"email": email}).content.decode().replace(email, "…")
        for email in (person.email, "nobody.at.all@plymouth.example")
    ]
    token = re.compile('name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", pages[0]) == token.sub("", pages[1])
    assert Job.objects.filter(kind=services.MAIL_LINK).count() == 1


def test_new_password_still_needs_the_second_factor(folk: dict[str, Person]):
    person = folk["own council auditor"]
    app_of(person)
    Client().post("/password/forgotten/", {"email": person.email})
    jobs.run(job_id=Job.objects.get(kind=services.MAIL_LINK).pk)
    link = re.search(r"/password/new/[0-9a-f]{64}/", mail.outbox[0].body)
    assert link is not None
    visitor = Client()
    assert visitor.post(link[0], {"password": "three unrelated words"})["Location"] == "/sign-in/"
    answer = visitor.post("/sign-in/", {"login": person.email, "password": "three unrelated words"})
    assert answer["Location"] == "/sign-in/second-factor/"
    assert visitor.get("/contracts/").status_code == 302


# ── Organisations ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_organisation_is_added_and_corrected(administrator: Client):
    asked = {"name": "Foster Well", "kind": "provider", "address": "1 High Street\nExeter"}
    assert administrator.post("/organisations/add/", asked)["Location"] == "/organisations/"
    added = Organisation.objects.get(reference="foster-well")
    assert "Foster Well" in page_of(administrator, "/organisations/")
    wrong = {"name": "Foster Well", "vat_number": "GB 111 1111 11"}
    assert "is no VAT number" in administrator.post(f"/organisations/{added.pk}/", wrong).content.decode()
    administrator.post(f"/organisations/{added.pk}/", {"name": "Foster Very Well", "vat_number": "123 4567 82"})
    added.refresh_from_db()
    assert (added.name, added.vat_number) == ("Foster Very Well", "GB123456782")


def test_scheme_that_the_page_does_not_offer_is_kept(folk: dict[str, Person], administrator: Client):
    found = folk["own provider administrator"].organisation
    Organisation.objects.filter(pk=found.pk).update(electronic_scheme="0204", electronic_identifier="991-1")
    page = page_of(administrator, f"/organisations/{found.pk}/")
    assert '<option value="0204" selected>0204</option>' in page
    assert "0204" not in page_of(administrator, f"/organisations/{folk['own council auditor'].organisation_id}/")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Enter the organisation’s name"),
        ({"name": "???"}, "Use letters in the organisation’s name"),
        ({"kind": ""}, "Choose what kind of organisation it is"),
        ({"name": "Reconnect"}, "there is an organisation Reconnect"),
    ],
)
def test_new_organisation_says_what_is_wrong(administrator: Client, changes: dict[str, str], said: str):
    page = administrator.post("/organisations/add/", {"name": "New", "kind": "agent", **changes}).content.decode()
    assert said in page
