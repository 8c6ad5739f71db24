"""`make pictures`: docs/images/page-*.png, taken anew of the demonstration, which `make demo` serves beside it.

Start a new demonstration first: the pictures show the work that it leaves. `PORT` says where it is served.
"""

import hmac
import json
import os
import shutil
import struct
import sys
import time
from base64 import b32decode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "docs" / "images"
ACCOUNTS = PROJECT / "var" / "demo" / "accounts.json"
ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESK = 390, 1280
COLOURS = 128
"""A page has few colours: a palette makes the files a third as large."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of docs/images: which links lead to the page, and how much of it is shown."""

    name: str
    path: tuple[str, ...]
    width: int = DESK
    height: int = 800


PICTURES = (
    Picture("page-home", (), height=1240),
    Picture("page-cohort", ("L04 25/26 practice", "Cohort"), height=1240),
    Picture("page-claim", ("1 claim waits for a decision", "C16-T1"), height=1080),
    Picture("page-statement", ("L04 25/26", "Statements", "July 2026"), height=1510),
    Picture("page-report", ("L04 25/26", "Reports", "Budget and baseline"), height=1240),
    Picture("page-what-if", ("L04 25/26 practice", "What if", "Four moves by July, and one breakdown"), height=1230),
    Picture("page-contract-phone", ("L04 25/26",), width=PHONE, height=844),
)


def main() -> None:
    """Sign in once as the finance officer, and take every picture."""
    browser_at = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_at is None or not ACCOUNTS.exists():
        sys.exit("This needs Chromium and, in another terminal, `make demo`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_at, args=["--no-sandbox", "--disable-gpu"])
        page = signed_in(browser)
        for picture in PICTURES:
            take(page, picture)
        browser.close()


def signed_in(browser: Browser) -> Page:
    """A window in which the demonstration's finance officer has signed in."""
    accounts = json.loads(ACCOUNTS.read_text(encoding="utf-8"))
    officer = next(each for each in accounts if each["role"] == "Finance officer")
    page = browser.new_page(locale="en-GB")
    page.goto(ADDRESS)
    page.get_by_label("E-mail address").fill(officer["email"])
    page.get_by_label("Password", exact=True).fill(officer["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code_of(officer["key"]))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def code_of(key: str) -> str:
    """What an authenticator app with this key shows now (RFC 6238); the pictures need no Django."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(b32decode(key), counter, "sha1")
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def take(page: Page, picture: Picture) -> None:
    """Walk to the page from the list of contracts, and write what stands at its head."""
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.goto(f"{ADDRESS}/contracts/")
    for link in picture.path:
        page.get_by_role("link", name=link, exact=True).first.click()
    page.wait_for_load_state()
    with Image.open(BytesIO(page.screenshot())) as shot:
        target = FOLDER / f"{picture.name}.png"
        shot.convert("RGB").quantize(COLOURS).save(target, optimize=True)
    sys.stdout.write(f"  {target.relative_to(PROJECT)}, {target.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
