"""How somebody uses a page: with a mouse, or with nothing but the keyboard."""

from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator, Page, expect

from tests.pages.test_journeys import tab_to

SOON = 30_000
"""Milliseconds within which a worker has made what was asked of it."""


@dataclass
class Hands:
    """Somebody at a page."""

    page: Page
    by_keyboard: bool = False
    has_javascript: bool = True

    def press(self, target: Locator) -> None:
        """Follow the link, or press the button."""
        if not self.by_keyboard:
            target.click()
            return
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        tab_to(self.page, target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, name: str) -> None:
        """Follow the first link of this name."""
        self.press(self.page.get_by_role("link", name=name, exact=True).first)

    def push(self, name: str) -> None:
        """Press the button of this name."""
        self.press(button(self.page, name))

    def write(self, field: Locator, text: str) -> None:
        """Fill the field in, instead of what stands there."""
        if self.by_keyboard:
            tab_to(self.page, field)
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def write_day(self, day: date, group: str) -> None:
        """Fill in the three fields of the group."""
        fields = self.page.get_by_role("group", name=group)
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            self.write(fields.get_by_label(label, exact=True), str(number))

    def choose(self, field: Locator, label: str) -> None:
        """Choose from a list."""
        if self.by_keyboard:
            tab_to(self.page, field)
            self.page.keyboard.type(label)
        else:
            field.select_option(label=label)

    def download(self, link: Locator) -> bytes:
        """The bytes behind the link."""
        with self.page.expect_download() as download:
            if self.by_keyboard:
                tab_to(self.page, link)
                self.page.keyboard.press("Enter")
            else:
                link.click()
        return download.value.path().read_bytes()

    def await_link(self, link: Locator) -> None:
        """Wait until the link is there: it comes by itself; without JavaScript, on reloading."""
        if self.has_javascript:
            expect(link).to_be_visible(timeout=SOON)
            return
        for _ in range(SOON // 300):
            if link.count():
                return
            self.page.wait_for_timeout(300)
            self.page.reload()
        expect(link).to_be_visible()


def button(page: Page, name: str) -> Locator:
    """The button of exactly this name."""
    return page.get_by_role("button", name=name, exact=True)
