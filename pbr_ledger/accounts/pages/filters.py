"""The filters that somebody keeps, as links above their list and on a page of their own."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from pbr_ledger.accounts.models import KeptFilter, Person
from pbr_ledger.lists import ListPage, list_named


@dataclass(frozen=True, slots=True)
class KeptShown:
    """A kept filter. `address` is empty where its list is a contract's, and no contract is at hand."""

    key: int
    name: str
    listing: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class KeptOfList:
    """The filters of a list that somebody keeps, and where they keep the one it has now; empty where it has none.

    That one is not offered which they keep already.
    """

    filters: tuple[KeptShown, ...]
    keep_address: str


def list_for(listing: str) -> ListPage:
    """The list whose filters can be kept; for another word there is none: 404."""
    page = list_named(listing)
    if page is None:
        raise Http404
    return page


def contract_in(request: HttpRequest) -> int | None:
    """The key of the contract that the address names with `?contract=`; whether they see it is asked of its pages."""
    asked = request.GET.get("contract", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


def address_of(page: ListPage, query: str, contract: int | None) -> str:
    """Where the list is that the query narrows; empty where that takes a contract, and there is none."""
    if page.of_contract and contract is None:
        return ""
    path = reverse(page.route, args=[contract] if page.of_contract else [])
    return f"{path}?{query}"


def kept_of_list(request: HttpRequest, person: Person, page: ListPage, contract: int | None) -> KeptOfList:
    """What the person keeps of the list, by name. One query."""
    query = page.cleaned(request.GET)
    kept = KeptFilter.objects.filter(person=person, listing=page.route).order_by("name", "pk")
    shown = tuple(
        KeptShown(each.pk, each.name, page.name, address_of(page, each.query, contract), each.query == query)
        for each in kept
    )
    if not query or any(each.is_current for each in shown):
        return KeptOfList(shown, "")
    of_contract = f"&contract={contract}" if contract is not None else ""
    return KeptOfList(shown, f"{reverse('filter-keep', args=[page.route])}?{query}{of_contract}")


def all_kept(person: Person) -> list[KeptShown]:
    """Everything that the person keeps, by list and name; of lists that are no more, too, so that it can be deleted."""
    shown = []
    for each in KeptFilter.objects.filter(person=person).order_by("listing", "name", "pk"):
        page = list_named(each.listing)
        address = address_of(page, each.query, None) if page else ""
        shown.append(KeptShown(each.pk, each.name, page.name if page else each.listing, address, is_current=False))
    return shown
