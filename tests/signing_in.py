"""Signing in as somebody of the tests: by the back door for requests, by the pages themselves in a browser."""

from django.test import Client
from playwright.sync_api import Page

from pbr_ledger.accounts.models import Person

PASSWORD = "a-long-enough-passphrase"


def signed_in(person: Person, client: Client | None = None) -> Client:
    """A client in whose session the person has signed in, as the pages would have it."""
    found = client or Client()
    found.force_login(person)
    return found


def sign_in(page: Page, address: str, person: Person) -> None:
    """The person signs in on the pages served at the address, and arrives where the sign-in leads."""
    page.goto(f"{address}/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
