"""The page of the API: everything that is in the schema, for everybody, without a script."""

import os

import pytest
from django.test import Client
from playwright.sync_api import Browser

from pbr_ledger.clients.api.problems import PROBLEMS
from pbr_ledger.clients.scopes import SCOPES
from tests.pages.accessibility import violations

TOO_WIDE = """[...document.querySelectorAll("main *")].filter(each => each.getBoundingClientRect().right > innerWidth)
    .map(each => `${each.tagName} ${each.className} ${each.textContent.slice(0, 80)}`).slice(0, 8)"""


def test_the_page_says_everything_that_the_schema_says(db: None):
    page = Client().get("/api/v1/docs/").content.decode()
    schema = Client().get("/api/v1/schema/").json()
    for path, methods in schema["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}</h3>" in page
    for name in (*SCOPES, *PROBLEMS, *schema["components"]["schemas"]):
        assert name in page
    assert "<script>" not in page
    assert " style=" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_reads_well_at_every_width(live_server, browser: Browser, width: int):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server.url}/api/v1/docs/")
    assert complaints == []
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    if folder := os.environ.get("PBR_SHOTS"):
        page.screenshot(path=f"{folder}/api-docs-{width}.png", full_page=False)
        page.goto(f"{live_server.url}/api/v1/docs/#payments")
        page.screenshot(path=f"{folder}/api-docs-{width}-payments.png", full_page=False)
    context.close()
