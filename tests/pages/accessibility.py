"""What is wrong with a page for those who see it otherwise, or hear it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 800}

OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"


def open_everything(page: Page) -> None:
    """Open whatever opens."""
    page.evaluate(OPEN_ALL)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice, each with the element it is about.

    A click returns when the next page has begun to arrive; what is looked at has arrived.
    """
    page.wait_for_load_state("load")
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the screen it is on."""
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, "wider than the screen"] if wide else found


def trouble_on(page: Page) -> list[str]:
    """Everything that axe finds on the page once all that opens is open, and whether it is too wide for a phone."""
    open_everything(page)
    found = violations(page)
    page.set_viewport_size(SMALL_PHONE)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than a small phone")
    page.set_viewport_size(DESKTOP)
    return found


def open_menu(page: Page) -> None:
    """Open the menu, where the screen is so small that it is closed; our scripts have run once the page is loaded."""
    page.wait_for_load_state("load")
    button = page.get_by_role("button", name="Menu", exact=True)
    if button.is_visible():
        button.click()
