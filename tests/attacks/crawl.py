"""Walks through the pages as an attacker would: every link once for each kind of address, every form taken apart."""

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from pbr_ledger.pages import CONTENT_SECURITY_POLICY

MOST = 400
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer comes under, whatever it is."""


Kind = tuple[str, frozenset[str]]
"""A route, and what is asked of it."""


@dataclass
class Field:
    """A field of a form: its kind, what it holds, and what can be chosen."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form of a page, with where it is sent."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def filled(self) -> dict[str, str]:
        """What a browser would send at once, each empty choice made, nothing typed."""
        return {
            each.name: each.value or (next(filter(None, each.choices), "") if each.choices else "")
            for each in self.fields.values()
            if each.kind != "file"
        }


class Page(HTMLParser):
    """The links and the forms that are posted of a page."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, list[str](), list[Form]()
        self._form: Form | None = None
        self._select: Field | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep links, forms and their fields."""
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and found.get("href"):
            self.links.append(urljoin(self.address, found["href"]))
        elif tag == "form":
            self._form = Form(urljoin(self.address, found.get("action") or self.address))
            if found.get("method", "").lower() == "post":
                self.forms.append(self._form)
        elif self._form is not None and tag in {"input", "textarea", "select", "button"} and found.get("name"):
            self._keep(tag, found)
        elif tag == "option" and self._select is not None:
            self._select.choices.append(found.get("value", ""))
            if "selected" in found:
                self._select.value = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Leave the form, the list."""
        self._form = None if tag == "form" else self._form
        self._select = None if tag == "select" else self._select

    def _keep(self, tag: str, found: dict[str, str]) -> None:
        assert self._form is not None
        kind = found.get("type", "text") if tag == "input" else tag
        kept = self._form.fields.setdefault(found["name"], Field(found["name"], kind))
        if kind in {"radio", "checkbox"}:
            kept.choices.append(found.get("value", "on"))
            kept.value = found.get("value", "on") if "checked" in found else kept.value
        elif tag == "select":
            self._select = kept
        else:
            kept.value = found.get("value", "")


@dataclass(frozen=True)
class Seen:
    """What somebody got at an address."""

    address: str
    name: str
    answer: HttpResponse

    @property
    def text(self) -> str:
        """The page as it was sent."""
        return self.answer.content.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.answer["Content-Type"].startswith("text/html")


def name_of(address: str) -> str:
    """The name of the address's route."""
    match = resolve(urlsplit(address).path)
    return match.url_name or str(match.route)


def kind_of(address: str) -> Kind:
    """The address's route, and what is asked of it; the kinds of files are told apart."""
    asked = parse_qsl(urlsplit(address).query)
    return name_of(address), frozenset(value if name == "export" else name for name, value in asked)


def walked(client: Client, but: Collection[str] = (), asked: Collection[Kind] = ()) -> list[Seen]:
    """What a signed-in person sees, one address of each route and of each set of questions to it.

    Routes of the names in `but` are left out, except where the walk begins, and so are the questions in `asked`.
    """
    found, waiting, known = list[Seen](), deque(["/"]), set(asked)
    while waiting and len(found) < MOST:
        address = waiting.popleft()
        kind = kind_of(address)
        if kind in known or (found and kind[0] in but):
            continue
        known.add(kind)
        answer = client.get(address, follow=True)
        chain = getattr(answer, "redirect_chain", [])
        arrived = urljoin(address, chain[-1][0]) if chain else address
        found.append(Seen(arrived, kind[0], answer))
        if found[-1].is_page:
            waiting.extend(_onwards(Page(arrived, found[-1].text).links))
    return found


def _onwards(links: list[str]) -> Iterator[str]:
    for link in links:
        target = urlsplit(link)
        if not target.netloc and target.scheme in ("", "http") and not target.path.startswith("/static/"):
            yield target.path + (f"?{target.query}" if target.query else "")


def forms_of(seen: list[Seen]) -> dict[str, Form]:
    """One form for each route to which it is sent and set of its fields."""
    found: dict[str, Form] = {}
    for each in seen:
        if each.is_page:
            for form in Page(each.address, each.text).forms:
                names = " ".join(sorted(re.sub(r"\d+", "0", name) for name in form.fields))
                found.setdefault(f"{name_of(form.action)}: {names}", form)
    return found


def trouble_with(answer: HttpResponse) -> list[str]:
    """What is wrong with the head of an answer: headers that are missing or others, and what may be kept on the way."""
    found = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append("Cache-Control")
    if answer.headers.get("Content-Type", "").startswith("text/") and "charset=utf-8" not in answer["Content-Type"]:
        found.append("charset")
    return found + (["failed"] if answer.status_code >= 500 else [])
