"""Every page that anybody can walk to: no link leads nowhere, none is out of reach, all are accessible, errors too.

Everybody starts at the first page and follows every link; what they find is opened in Chromium once for each address's
name, and its forms are sent empty.
"""

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from pbr_ledger.accounts.models import Person
from tests.pages.accessibility import DESKTOP, trouble_on
from tests.pages.busy import busy_world
from tests.pages.routes.table import PAGE
from tests.pages.test_routes import ROUTES, TABLE
from tests.pages.world import World
from tests.signing_in import signed_in
from tests.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MOST_PAGES = 600
WALKERS = (
    "council administrator",
    "council auditor",
    "council finance_officer",
    "council lead_accountant",
    "provider provider_staff",
    "agent payments_clerk",
)
OUT_OF_A_WALK = {
    # before the sign-in, from a mail, or what a browser or a machine asks for
    *("sign-in", "account_login", "second-factor", "mfa_authenticate", "passkey-sign-in", "forgotten-password"),
    *("directory", "directory-answer", "openid_connect_callback", "invitation", "new-password"),
    *("health-live", "health-ready", "health-work", "metrics"),
    # for programs and those who write them, who come by docs/api.md
    *("api-docs", "api-problem", "api-schema"),
    # fragments of a page that is waiting for documents
    *("invoice-documents", "payable-documents"),
    # where something of the kind waits: held to tests of their own
    *("ledger-accrue", "lost-factor", "parked-release", "set-off-take-back", "work-findings"),
}


class Links(HTMLParser):
    """Where a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the targets of links."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def name_of(address: str) -> str:
    match = resolve(urlsplit(address).path)
    return match.url_name or str(match.route)


def walked(client: Client, *, most: int = MOST_PAGES, only: str = "") -> dict[str, str]:
    """What each address that links lead to answers with: its text, where it is a page.

    With `only`, of the addresses of contracts no others are followed than those that begin so.
    """
    found: dict[str, str] = {}
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        if address in found:
            continue
        if only and address.startswith("/contracts/") and not address.startswith(only) and address != "/contracts/":
            continue
        assert len(found) < most, "the walk does not end"
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"
        is_page = answer["Content-Type"].startswith("text/html")
        found[address] = answer.content.decode() if is_page else ""
        waiting.extend(_onwards(found[address], _arrived(answer, address)))
    return found


def _arrived(answer: object, address: str) -> str:
    chain = getattr(answer, "redirect_chain", [])
    return str(urljoin(address, chain[-1][0])) if chain else address


def _onwards(text: str, address: str) -> Iterator[str]:
    links = Links()
    links.feed(text)
    for link in links.found:
        target = urlsplit(urljoin(address, link))
        if target.netloc or target.scheme not in ("", "http") or "sort=" in target.query:
            continue  # the orders of lists are held to a test of their own
        yield target.path + (f"?{target.query}" if target.query else "")


@pytest.fixture
def busy(transactional_db: None, stage: Stage) -> World:
    """A contract in the middle of everything, in the same rows each time."""
    return stage.of(busy_world)


@cache
def walk(person: int) -> dict[str, str]:
    """Where the person of this number in the busy world can walk to, with the pages: the same for every test."""
    return walked(signed_in(Person.objects.get(pk=person)))


def test_no_link_leads_nowhere_and_no_page_is_out_of_reach(busy: World) -> None:
    reached: set[str] = set()
    for who in WALKERS:
        reached |= {name_of(address) for address in walk(busy.people[f"own {who}"].pk)}
    pages = {name for name, route in TABLE.items() if PAGE in (route.answer, route.others) and name in ROUTES}
    unreached = sorted(pages - reached - OUT_OF_A_WALK)
    assert unreached == [], ", ".join(unreached)


def opened(browser: Browser, live_server: LiveServer, person: Person) -> Page:
    """A window in which the person is signed in."""
    client = signed_in(person)
    context = browser.new_context(viewport=DESKTOP)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key or "", "url": live_server.url}
    context.add_cookies([cookie])
    return context.new_page()


def one_of_each(pages: dict[str, str]) -> list[str]:
    """An address of each name, the shortest."""
    chosen: dict[str, str] = {}
    for address in sorted((address for address, text in pages.items() if text), key=len):
        chosen.setdefault(name_of(address), address)
    return list(chosen.values())


@pytest.mark.parametrize("who", WALKERS)
def test_every_page_is_accessible_with_its_errors_and_fits_a_small_phone(
    who: str, browser: Browser, live_server: LiveServer, busy: World
) -> None:
    person = busy.people[f"own {who}"]
    page = opened(browser, live_server, person)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"{page.url}: {message.text}"))
    found: dict[str, list[str]] = {}
    pages = walk(person.pk)
    for address in one_of_each(pages):
        if (content := content_of(pages[address], person)) in LOOKED_AT:
            continue
        LOOKED_AT.add(content)
        page.goto(live_server.url + address)
        found[address] = trouble_on(page)
        for number in range(page.locator(FORMS).count()):
            page.goto(live_server.url + address)
            if send_empty(page, number):
                found[f"{address}, form {number + 1} sent empty"] = trouble_on(page)
    page.context.close()
    assert {address: trouble for address, trouble in found.items() if trouble} == {}
    assert heard == []


LOOKED_AT: set[str] = set()
"""What was looked at in this process: the digests of the contents of pages."""
OF_ONE_READER = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def content_of(text: str, person: Person) -> str:
    """The digest of a page's content without what it says of its reader.

    What two roles read in the same words is looked at once. What stands around it is looked at with the others.
    """
    content = text[text.index("<main") : text.index("</main>")]
    impersonal = OF_ONE_READER.sub("", content).replace(person.full_name, "").replace(person.email, "")
    return hashlib.sha256(impersonal.encode()).hexdigest()


FORMS = "main form[method=post]:has(.govuk-form-group)"


def send_empty(page: Page, number: int) -> bool:
    """Whether the form was sent with nothing in it, and came back with what is missing."""
    form = page.locator(FORMS).nth(number)
    form.evaluate(EMPTIED)
    form.locator("button[type=submit]").first.click()
    page.wait_for_load_state()
    return page.locator(".govuk-error-summary").count() > 0


EMPTIED = """form => form.querySelectorAll("input:not([type=hidden]), textarea, select").forEach(each => {
  if (["radio", "checkbox"].includes(each.type)) each.checked = false; else each.value = "";
})"""


def test_titles_tell_pages_apart(busy: World) -> None:
    pages = walk(busy.people["own council lead_accountant"].pk)
    titles: dict[str, set[str]] = {}
    for address, text in pages.items():
        if title := re.search(r"<title>(.*?)</title>", text, re.DOTALL):
            titles.setdefault(" ".join(title[1].split()), set()).add(name_of(address))
    assert {title: names for title, names in titles.items() if len(names - {"home"}) > 1} == {}
