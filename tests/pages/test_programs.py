"""API clients and webhooks on pages: what an administrator sees and does, and what others do not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import Application
from playwright.sync_api import Page, expect

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.services import create_client
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.models import Attempt, Delivery, Endpoint
from tests.pages.accessibility import trouble_on
from tests.pages.world import peopled
from tests.signing_in import sign_in, signed_in
from tests.webhooks.ground import work
from tests.webhooks.receiver import Receiver, listening

AT = datetime(2026, 6, 9, 9, tzinfo=UTC)
Folk = dict[str, Person]


@pytest.fixture(autouse=True)
def _here_alone(settings) -> None:
    settings.WEBHOOKS_LOOPBACK = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


def said(answer) -> str:
    return answer.content.decode()


def between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0]


def test_client_is_made_with_a_secret_shown_once_and_gets_a_token(folk: Folk):
    here = signed_in(folk["own agent administrator"])
    asked = said(here.get("/programs/clients/add/"))
    assert "statements:read" not in asked
    assert "Finance officer" not in asked
    wrong = said(here.post("/programs/clients/add/", {"networks": "everywhere"}))
    assert "Enter a name" in wrong
    wanted = {"name": "Payments run", "scopes": ["invoices:read"], "roles": ["payments_clerk"], "networks": "x"}
    assert "“x” is no network" in said(here.post("/programs/clients/add/", wanted))
    made = said(here.post("/programs/clients/add/", wanted | {"networks": "127.0.0.0/8, 10.1.2.3"}))
    client = ApiClient.objects.get()
    assert client.networks == ["127.0.0.0/8", "10.1.2.3"]
    secret = between(made, 'Secret</dt><dd class="govuk-summary-list__value"><code class="ledger-code">', "</code>")
    pair = {"client_id": client.application.client_id, "client_secret": secret, "grant_type": "client_credentials"}
    page = said(here.get(f"/programs/clients/{client.pk}/"))
    assert ("Never" in page, secret in page) == (True, False)
    assert Client().post("/oauth/token", pair).status_code == 200
    page = said(here.get(f"/programs/clients/{client.pk}/"))
    assert ("Never" in page, "Payments clerk" in page, "10.1.2.3" in page) == (False, True, True)
    assert "Payments run" in said(here.get("/programs/"))


def test_secret_is_changed_by_a_second_client_and_the_first_is_closed(folk: Folk):
    by = folk["own council administrator"]
    here, agent = signed_in(by), folk["own agent payments_clerk"].organisation
    first = create_client(
        organisation=agent,
        name="Payments run",
        scopes=["payments:read"],
        roles=["payments_clerk"],
        networks=["127.0.0.0/8"],
        by=by,
        clock=DATABASE_CLOCK,
    ).client
    assert "second client" in said(here.get(f"/programs/clients/{first.pk}/second/"))
    assert first.application.client_id not in said(here.post(f"/programs/clients/{first.pk}/second/"))
    second = ApiClient.objects.exclude(pk=first.pk).get()
    assert (second.name, second.scopes, second.networks) == (first.name, first.scopes, first.networks)
    changed = here.post(f"/programs/clients/{second.pk}/addresses/", {"networks": ""}, follow=True)
    assert "Anywhere" in said(changed)
    assert "Its tokens stop working at once" in said(here.get(f"/programs/clients/{first.pk}/close/"))
    assert "Payments run is closed." in said(here.post(f"/programs/clients/{first.pk}/close/", follow=True))
    assert "is closed: make a new client" in said(here.get(f"/programs/clients/{first.pk}/second/", follow=True))
    refused = said(here.post(f"/programs/clients/{first.pk}/addresses/", {"networks": "10.0.0.0/8"}))
    assert "is closed already" in refused
    assert said(here.get("/programs/")).count("Payments run") == 1
    assert said(here.get("/programs/?show=closed")).count("Payments run") == 1


def test_council_says_for_which_organisation_and_others_keep_their_own(folk: Folk):
    council = signed_in(folk["own council administrator"])
    provider = folk["own provider administrator"].organisation
    for address in ("/programs/clients/add/", "/programs/webhooks/add/"):
        assert "For which organisation?" in said(council.get(address))
        assert "statement" in said(council.get(f"{address}?organisation={provider.pk}"))
        for nowhere in ("x", "0", "²"):
            assert council.get(f"{address}?organisation={nowhere}").status_code == 404
        agent = signed_in(folk["own agent administrator"])
        assert agent.get(f"{address}?organisation={provider.pk}").status_code == 404
        assert "Team Matrix" in said(agent.get(address))


def test_endpoint_is_added_tested_disabled_and_closed(folk: Folk, receiver: Receiver):
    here = signed_in(folk["own agent administrator"])
    assert "statement.closed" not in said(here.get("/programs/webhooks/add/"))
    wrong = said(here.post("/programs/webhooks/add/", {"url": "https://10.0.0.1/", "events": ["invoice.held"]}))
    assert "Address: Name the host, not its number" in wrong
    made = said(here.post("/programs/webhooks/add/", {"url": receiver.url, "events": ["invoice.held"]}))
    receiver.secret = f"whsec_{between(made, 'whsec_', '</code>')}"
    endpoint = Endpoint.objects.get()
    page = f"/programs/webhooks/{endpoint.pk}/"
    assert "It has to answer a challenge first" in said(here.get(page))
    assert receiver.secret not in said(here.get(page))
    assert "A challenge is on its way" in said(here.post(f"{page}verify/", follow=True))
    work()
    assert "Send a test" in said(here.get(page))
    here.post(f"{page}test/")
    work()
    log = said(here.get(f"{page}?state=delivered"))
    assert log.count("Taken on") == 2
    assert here.get(f"{page}?state=lost").status_code == 404
    test = Delivery.objects.get(kind="endpoint.test")
    shown = said(here.get(f"{page}deliveries/{test.pk}/"))
    assert f"&quot;endpoint&quot;: &quot;end_{endpoint.pk}&quot;" in shown
    assert "on its way once more" in said(here.post(f"{page}deliveries/{test.pk}/again/", follow=True))
    work()
    assert [status for _, status in Attempt.objects.values_list("pk", "status")] == [200, 204, 204]
    challenge = endpoint.deliveries.filter(kind="endpoint.verification", state="delivered").get()
    assert challenge.data["challenge"] not in said(here.get(f"{page}deliveries/{challenge.pk}/"))
    rotated = said(here.post(f"{page}secret/"))
    assert (rotated.count("whsec_"), receiver.secret in rotated) == (1, False)
    assert "End the earlier one now" in said(here.get(page))
    here.post(f"{page}secret/end-earlier/")
    assert "End the earlier one now" not in said(here.get(page))
    assert "Enable it again" in said(here.post(f"{page}disable/", follow=True))
    assert "The endpoint is disabled" in said(here.post(f"{page}test/", follow=True))
    assert "active again" in said(here.post(f"{page}enable/", follow=True))
    changed = {"url": f"{receiver.url}&x", "description": "Payments", "events": ["invoice.held", "invoice.approved"]}
    assert "Not verified" in said(here.post(f"{page}change/", changed, follow=True))
    assert "The endpoint is closed." in said(here.post(f"{page}close/", follow=True))
    for gone in ("change/", "secret/"):
        assert here.get(page + gone).status_code == 404
    assert "There is no endpoint yet" in said(here.get("/programs/webhooks/"))
    assert "Payments" in said(here.get("/programs/webhooks/?show=closed"))


def test_disabled_endpoint_is_what_needs_its_administrators(folk: Folk):
    endpoint = endpoint_of(folk["own agent administrator"].organisation, folk["own council administrator"])
    Endpoint.objects.update(state="disabled", verified_at=AT, disabled_at=AT, disabled_because="failing")
    for who, expected in (
        ("own agent administrator", True),
        ("own council administrator", True),
        ("own provider administrator", False),
    ):
        here = signed_in(folk[who])
        for address in ("/people/", "/programs/", "/programs/webhooks/"):
            page = said(here.get(address))
            assert ("What needs you" in page, f"/programs/webhooks/{endpoint.pk}/" in page) == (expected, expected)
    assert "it took nothing for two days" in said(signed_in(folk["own agent administrator"]).get("/programs/"))


def endpoint_of(organisation: Organisation, by: Person, number: int = 0) -> Endpoint:
    return services.create_endpoint(
        organisation=organisation,
        url=f"http://127.0.0.1:9/{number}",
        events=["invoice.held"],
        by=by,
        clock=DATABASE_CLOCK,
    ).endpoint


def test_lists_ask_as_little_of_three_hundred_rows_as_of_one(folk: Folk):
    by = folk["own council administrator"]
    agent = folk["own agent administrator"].organisation
    endpoint = endpoint_of(agent, by)
    made = create_client(organisation=agent, name="One", scopes=["events:read"], by=by, clock=DATABASE_CLOCK).client
    here = signed_in(by)
    addresses = ("/programs/", "/programs/webhooks/", f"/programs/webhooks/{endpoint.pk}/")
    few = [queries(here, address) for address in addresses]
    many(made, endpoint)
    assert [queries(here, address) for address in addresses] == few
    assert all("Page 1 of" in said(here.get(address)) for address in addresses)


def many(client: ApiClient, endpoint: Endpoint) -> None:
    """Three hundred clients, endpoints and deliveries, written past the services: they are only looked at."""
    numbers = range(300)
    people = Person.objects.bulk_create(
        Person(organisation=endpoint.organisation, email=f"p{number}@clients.invalid", full_name=f"P{number}")
        for number in numbers
    )
    applications = Application.objects.bulk_create(
        Application(name=f"A{number}", client_id=f"a{number}", client_secret="x") for number in numbers
    )
    ApiClient.objects.bulk_create(
        ApiClient(
            name=f"C{number}",
            application=application,
            person=person,
            scopes=["events:read"],
            created_by=client.created_by,
            created_at=AT,
        )
        for number, application, person in zip(numbers, applications, people, strict=True)
    )
    copied = {"organisation": endpoint.organisation, "created_by": endpoint.created_by, "created_at": AT}
    Endpoint.objects.bulk_create(
        Endpoint(url=f"https://h{number}.example.org/", events=["invoice.held"], moved_at=AT, **copied)
        for number in numbers
    )
    sent = Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, message_id=f"evt_{number}", kind="invoice.held", at=AT, data={})
        for number in numbers
    )
    Attempt.objects.bulk_create(
        Attempt(delivery=each, round=1, number=number, at=AT, milliseconds=1, error="It answered 503.", status=503)
        for each in sent
        for number in (1, 2)
    )


def queries(here: Client, address: str) -> int:
    here.get(address)
    with CaptureQueriesContext(connection) as captured:
        here.get(address)
    return len(captured)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_journey_of_an_administrator_in_a_browser(page: Page, live_server, receiver: Receiver):
    """From nothing to a taken test; every state is asked for violations and looked at on a small phone."""
    folk = peopled()[0]
    found: dict[str, list[str]] = {}
    sign_in(page, live_server.url, folk["own agent administrator"])
    page.get_by_role("link", name="API clients and webhooks").click()
    found["no client"] = trouble_on(page)
    page.get_by_role("button", name="Make an API client").click()
    page.get_by_role("button", name="Make client").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    found["client, wrong"] = trouble_on(page)
    page.get_by_label("Name", exact=True).fill("Payments run")
    page.get_by_label("invoices:read").check()
    page.get_by_role("button", name="Make client").click()
    expect(page.get_by_role("heading", name="The secret of Payments run")).to_be_visible()
    found["client's secret"] = trouble_on(page)
    page.get_by_role("button", name="I have kept it: continue").click()
    found["client"] = trouble_on(page)
    page.get_by_role("link", name="Close this client").click()
    found["closing"] = trouble_on(page)
    page.get_by_role("link", name="API clients", exact=True).first.click()
    found["clients"] = trouble_on(page)
    page.get_by_role("link", name="Webhooks", exact=True).click()
    found["no endpoint"] = trouble_on(page)
    page.get_by_role("button", name="Add an endpoint").click()
    page.get_by_label("Address").fill("https://10.0.0.1/")
    page.get_by_label("invoice.approved").first.check()
    page.get_by_role("button", name="Add endpoint").click()
    expect(page.get_by_role("link", name="Address: Name the host")).to_be_visible()
    found["endpoint, wrong"] = trouble_on(page)
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Add endpoint").click()
    found["endpoint's secret"] = trouble_on(page)
    receiver.secret = page.locator("code", has_text="whsec_").inner_text()
    page.get_by_role("button", name="I have kept it: continue").click()
    found["not verified"] = trouble_on(page)
    work()
    page.reload()
    page.get_by_role("button", name="Send a test").click()
    work()
    page.reload()
    expect(page.get_by_role("row", name="endpoint.test")).to_contain_text("Taken on")
    found["active"] = trouble_on(page)
    page.get_by_role("link", name="endpoint.test").click()
    found["delivery"] = trouble_on(page)
    page.get_by_role("link", name="Endpoint", exact=True).click()
    page.get_by_role("button", name="Disable").click()
    found["disabled"] = trouble_on(page)
    page.get_by_role("link", name="Webhooks", exact=True).click()
    found["endpoints"] = trouble_on(page)
    assert {name: trouble for name, trouble in found.items() if trouble} == {}
    assert len(found) == 14
