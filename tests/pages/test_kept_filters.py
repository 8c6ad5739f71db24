"""Filters that somebody keeps of a list: what narrows and sorts it, under a name, for them alone, and nothing else."""

import re

import pytest
from django.test import Client

from pbr_ledger.accounts.models import KeptFilter, Person
from pbr_ledger.accounts.services import MOST_KEPT, NotYours, close_person, delete_filter, keep_filter, rename_filter
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import Refused
from pbr_ledger.lists import list_named
from tests.pages.world import World
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

ADMINISTRATOR = "own council administrator"
HELD = "/account/filters/keep/invoices/?status=held&sort=-due"


def said(client: Client, address: str, name: str | None = None) -> str:
    """What the page says, after the name is sent where there is one."""
    data = None if name is None else {"name": name}
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def kept(person: Person, name: str = "Held", listing: str = "people", query: str = "show=left") -> KeptFilter:
    return keep_filter(listing=listing, name=name, query=query, by=person, clock=DATABASE_CLOCK)


def test_filter_is_kept_beside_its_list_and_there_in_every_contract(here: World) -> None:
    client = signed_in(here.people["own council lead_accountant"])
    invoices = f"/contracts/{here.contract.pk}/invoices/"
    assert "Keep this filter" not in said(client, invoices)
    (keep,) = re.findall(r'href="([^"]+)">Keep this filter', said(client, f"{invoices}?sort=-due&status=held&page=2"))
    keep = keep.replace("&amp;", "&")
    assert keep == f"{HELD}&contract={here.contract.pk}"
    page = said(client, keep, "Held, due last")
    assert "The filter is kept." in page
    assert '<strong aria-current="true">Held, due last</strong>' in page
    assert "Keep this filter" not in page
    assert f'href="{invoices}?status=held&amp;sort=-due">Held, due last</a>' in said(client, invoices)
    other = signed_in(here.people["own council finance_officer"])
    assert "Held, due last" not in said(other, invoices) + said(other, "/account/filters/")


CLEANED = {
    "show=left&sort=name": "show=left&sort=name",
    "sort=-organisation&q=%C3%89a%26b%3D&page=4&export=csv": "q=%C3%89a%26b%3D&sort=-organisation",
    "next=https://elsewhere.example/&show=left": "show=left",
    "show=//elsewhere.example&sort=password": "",
    f"q={'x' * 101}&sort=--name": "",
}
"""What an address asks, and what of it is kept."""


def test_only_what_narrows_or_sorts_the_list_is_kept(folk: dict[str, Person]) -> None:
    client, person = signed_in(folk[ADMINISTRATOR]), folk[ADMINISTRATOR]
    for query, cleaned in CLEANED.items():
        client.post(f"/account/filters/keep/people/?{query}", {"name": "One"})
        found = [each.query for each in KeptFilter.objects.filter(person=person)]
        assert found == ([cleaned] if cleaned else []), query
        if cleaned != query:
            with pytest.raises(Refused):
                kept(person, "Two", query=query)
        KeptFilter.objects.all().delete()


def test_list_that_is_none_keeps_nothing(folk: dict[str, Person]) -> None:
    client = signed_in(folk[ADMINISTRATOR])
    assert client.get("/account/filters/keep/nonsense/?show=left").status_code == 404
    with pytest.raises(Refused):
        kept(folk[ADMINISTRATOR], listing="nonsense")
    assert list_named("nonsense") is None


def test_names_are_ones_own_once_a_list_and_not_too_long(folk: dict[str, Person]) -> None:
    client, person = signed_in(folk[ADMINISTRATOR]), folk[ADMINISTRATOR]
    kept(person)
    address = "/account/filters/keep/people/?q=a"
    assert "Enter a name for the filter" in said(client, address, " ")
    assert "Use at most 60 characters" in said(client, address, "x" * 61)
    assert "you keep a filter of this name already" in said(client, address, "held").lower()
    assert "The filter is kept." in said(
        client, address.replace("people", "clients").replace("q=a", "show=closed"), "held"
    )
    kept(folk["own provider administrator"])


def test_filter_is_renamed_and_deleted_by_whoever_keeps_it_alone(folk: dict[str, Person]) -> None:
    person, other = folk[ADMINISTRATOR], folk["own provider administrator"]
    mine, second = kept(person), kept(person, "Second", query="q=a")
    client, theirs = signed_in(person), signed_in(other)
    for act in ("rename", "delete"):
        assert theirs.post(f"/account/filters/{mine.pk}/{act}/", {"name": "Theirs"}).status_code == 404
    with pytest.raises(NotYours):
        rename_filter(kept_filter=mine, name="Theirs", by=other)
    with pytest.raises(NotYours):
        delete_filter(kept_filter=mine, by=other)
    rename = f"/account/filters/{mine.pk}/rename/"
    assert "you keep a filter of this name already" in said(client, rename, "SECOND").lower()
    assert "The filter has its new name." in said(client, rename, "Gone")
    assert 'href="/people/?show=left">Gone</a>' in said(client, "/people/")
    client.post(f"/account/filters/{second.pk}/delete/")
    assert list(KeptFilter.objects.values_list("name", flat=True)) == ["Gone"]
    client.post(f"/account/filters/{mine.pk}/delete/")
    assert "You keep no filter yet." in said(client, "/account/filters/")


def test_so_many_are_kept_of_a_list_and_no_more(folk: dict[str, Person]) -> None:
    person = folk[ADMINISTRATOR]
    for number in range(MOST_KEPT):
        kept(person, f"Filter {number}", query=f"q={number}")
    page = said(signed_in(person), "/account/filters/keep/people/?q=more", "One more")
    assert "You keep 20 filters of this list already: delete one of them first." in page
    assert KeptFilter.objects.count() == MOST_KEPT
    kept(person, "Elsewhere", "clients", "show=closed")


def test_leaver_keeps_none(folk: dict[str, Person]) -> None:
    leaver, stays = folk["own provider administrator"], folk[ADMINISTRATOR]
    kept(leaver)
    kept(stays)
    close_person(person=leaver, by=stays, clock=DATABASE_CLOCK)
    assert list(KeptFilter.objects.values_list("person", flat=True)) == [stays.pk]
