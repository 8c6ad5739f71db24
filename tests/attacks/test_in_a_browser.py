"""What was planted does nothing in a real browser, on the pages that draw most."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Dialog, Page
from pytest_django.live_server_helper import LiveServer

from cohort.models import Child, Claim
from tests.attacks.planted import SCRIPT
from tests.pages.world import World, last_statement
from tests.signing_in import signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def addresses(planted: World) -> list[str]:
    """Where charts, timelines, tables, notes and the log are drawn from what people wrote."""
    contract = f"/contracts/{planted.contract.pk}/"
    child = Child.objects.filter(contract=planted.contract)[0]
    claim = Claim.objects.filter(contract=planted.contract).latest("pk")
    month = last_statement(planted.contract).month
    ones = (f"cohort/{child.pk}/", f"claims/{claim.pk}/", f"statements/{month}/")
    return [f"{contract}{end}" for end in ("", "cohort/", *ones, "what-if/", "activity/")]


def test_nothing_planted_runs_or_is_asked_for(planted: World, page: Page, live_server: LiveServer) -> None:
    client = signed_in(planted.people["own council lead_accountant"], Client())
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key or "", "url": live_server.url}
    page.context.add_cookies([session])
    heard: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url) if request.url.endswith("/x") else None)
    page.on("response", lambda response: heard.append(response.url) if response.status >= 400 else None)
    for address in addresses(planted):
        page.goto(live_server.url + address)
        assert page.locator("[onerror]").count() == 0, address
        assert SCRIPT in page.locator("body").inner_text(), address
    assert heard == []
