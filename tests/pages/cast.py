"""Everybody of a contract's month, each in a window of their own: signed in once, when first needed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from playwright.sync_api import Browser, Page

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from tests.pages.accessibility import faults, open_everything
from tests.pages.hands import Hands
from tests.pages.world import World
from tests.signing_in import sign_in

ROLES = {
    "officer": "own council finance_officer",
    "accountant": "own council lead_accountant",
    "auditor": "own council auditor",
    "provider": "own provider provider_staff",
    "clerk": "own agent payments_clerk",
}


def not_looking(_page: Page, _name: str) -> None:
    """For ways on which nobody looks at the states."""


def looking(found: dict[str, list[str]]) -> Callable[[Page, str], None]:
    """Every state is asked for violations of accessibility, and whether it is wider than the screen."""

    def look(page: Page, name: str) -> None:
        open_everything(page)
        found[name] = faults(page)

    return look


@dataclass
class Cast:
    """`look` is called in the states of pages that are worth it."""

    browser: Browser
    address: str
    here: World
    look: Callable[[Page, str], None] = not_looking
    by_keyboard: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    windows: dict[str, Hands] = field(default_factory=dict)

    @property
    def contract(self) -> Contract:
        """The contract that they all work on."""
        return self.here.contract

    def person(self, who: str) -> Person:
        """`officer`, `second officer`, `accountant`, `auditor`, `provider` or `clerk`."""
        if who == "second officer":
            return Person.objects.get(full_name="Sam Second", organisation__reference="plymouth")
        return self.here.people[ROLES[who]]

    def at(self, who: str, ending: str = "") -> Hands:
        """The person at the contract's page of this address."""
        return self.at_address(who, f"/contracts/{self.contract.pk}/{ending}")

    def at_address(self, who: str, path: str) -> Hands:
        """The person at this address."""
        hands = self.windows.get(who) or self._signed_in(who)
        hands.page.goto(self.address + path)
        return hands

    def _signed_in(self, who: str) -> Hands:
        page = self.browser.new_context(**self.options).new_page()
        page.set_default_timeout(20_000)
        sign_in(page, self.address, self.person(who))
        has_javascript = self.options.get("java_script_enabled", True)
        self.windows[who] = Hands(page, self.by_keyboard, has_javascript)
        return self.windows[who]

    def let_minutes_pass(self, who: str, minutes: float) -> None:
        """As if the person had signed in that much earlier."""
        cookies = self.windows[who].page.context.cookies()
        key = next(each["value"] for each in cookies if each["name"] == settings.SESSION_COOKIE_NAME)
        session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        records = session[AUTHENTICATION_METHODS_SESSION_KEY]
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            record | {"at": record["at"] - minutes * 60} for record in records
        ]
        session.save()

    def close(self) -> None:
        """Everybody closes their window."""
        for hands in self.windows.values():
            hands.page.context.close()
        self.windows.clear()
