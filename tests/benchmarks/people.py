"""People in browsers, as HTTP has them: they sign in with both factors, follow links, and submit claims."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from random import Random
from threading import Lock

import requests

from tests.uploads.files import PDF

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PLACEMENT = re.compile(r'<option value="([^"]+)"')
PATIENCE_SECONDS = 60


@dataclass(slots=True)
class Notes:
    """What everybody asked for and how long it took, kept as it happens."""

    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    claims: int = 0
    lock: Lock = field(default_factory=Lock)

    def timed(self, kind: str, ask: Callable[[], requests.Response]) -> requests.Response:
        """The answer. Raises what `requests` raises, and for an error's status; both are noted.

        Without a `kind` it is a page or a document, as the answer turns out.
        """
        began = time.monotonic()
        try:
            answer = ask()
            answer.raise_for_status()
        except requests.RequestException as error:
            with self.lock:
                self.errors.append(f"{kind or 'page or document'}: {error}")
            raise
        if not kind:
            kind = "page" if answer.headers["Content-Type"].startswith("text/html") else "document"
        with self.lock:
            self.taken.setdefault(kind, []).append((began, time.monotonic() - began))
        return answer

    def since(self, instant: float) -> dict[str, list[float]]:
        """The seconds of what began after the instant, by kind."""
        found = {kind: [taken for began, taken in each if began >= instant] for kind, each in self.taken.items()}
        return {kind: seconds for kind, seconds in sorted(found.items()) if seconds}


class Visitor:
    """Somebody in a browser. `placements` are those that this person claims for, and nobody else."""

    def __init__(self, address: str, notes: Notes, chance: Random, placements: list[str], submit: str) -> None:
        self.address, self.notes, self.chance = address, notes, chance
        self.placements, self.submit = placements, submit
        self.session = requests.Session()
        self.session.headers["X-Forwarded-For"] = ".".join(["10", *(str(chance.randrange(256)) for _ in range(3))])
        self.links: list[str] = ["/"]

    def sign_in(self, email: str, password: str, code: Callable[[], str]) -> None:
        """By password and code, as the pages ask for them."""
        page = self._ask("sign-in page", "GET", "/")
        form = {"csrfmiddlewaretoken": TOKEN.findall(page.text)[0], "login": email, "password": password, "next": "/"}
        page = self._ask("password", "POST", page.url, data=form)
        form = {"csrfmiddlewaretoken": TOKEN.findall(page.text)[0], "code": code()}
        page = self._ask("code", "POST", page.url, data=form)
        if "/sign-in/" in page.url:
            self.notes.errors.append(f"{email} was not let in")
        self._look_at(page)

    def step(self) -> None:
        """The next thing: a claim now and then for whoever has one to make, else a link of the page or the start."""
        if self.placements and self.chance.random() < 0.2:
            self._submit_claim(self.placements.pop())
        else:
            link = self.chance.choice(self.links) if self.links and self.chance.random() < 0.9 else "/"
            self._look_at(self._ask("", "GET", link))

    def _submit_claim(self, placement: str) -> None:
        page = self._ask("page", "GET", self.submit)
        if placement not in PLACEMENT.findall(page.text):
            self.notes.errors.append(f"{placement} cannot be claimed for")
            return
        form = {"csrfmiddlewaretoken": TOKEN.findall(page.text)[0], "placement": placement, "text": "The child moved."}
        files = {"evidence": ("plan.pdf", PDF, "application/pdf")}
        page = self._ask("claim submitted", "POST", self.submit, data=form, files=files)
        if "submitted" not in page.text:
            self.notes.errors.append(f"the claim for {placement} was not taken")
            return
        with self.notes.lock:
            self.notes.claims += 1
        self._look_at(page)

    def _look_at(self, page: requests.Response) -> None:
        """Where one can go from here. A document leads nowhere: people go on from the page that they had."""
        if page.headers["Content-Type"].startswith("text/html"):
            self.links = [unescape(link) for link in LINK.findall(page.text) if not link.startswith("//")]

    def _ask(self, kind: str, method: str, address: str, **more: object) -> requests.Response:
        """The answer, redirections followed and counted with it, as the person waits for them."""
        where = address if address.startswith("http") else self.address + address
        headers = {"Referer": self.address} if method == "POST" else {}
        return self.notes.timed(
            kind, lambda: self.session.request(method, where, headers=headers, timeout=PATIENCE_SECONDS, **more)
        )
