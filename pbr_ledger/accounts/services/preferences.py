"""What somebody prefers for themselves: filters of lists under names of their own, and keys that do something.

Nobody else sees it and nothing hangs on it, so that it is not in the activity log.
"""

from django.db import transaction
from django.http import QueryDict

from pbr_ledger.accounts.models import KeptFilter, Person
from pbr_ledger.accounts.services.ground import NotYours, TooManyKept, locked_person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.lists import list_named

MOST_KEPT = 20
"""Of one list by one person."""


@transaction.atomic
def keep_filter(*, listing: str, name: str, query: str, by: Person, clock: Clock) -> KeptFilter:
    """The filter of the list kept under the name, for this person alone.

    `query` is what narrows and sorts the list, as `ListPage.cleaned` writes it. Raises `Refused` for what is no filter
    of the list, and for a name that is taken there; `TooManyKept`.
    """
    locked_person(by)
    page = list_named(listing)
    if page is None or not query or page.cleaned(QueryDict(query)) != query:
        raise Refused([Problem("query", "this is no filter of the list")])
    kept = KeptFilter.objects.filter(person=by, listing=listing)
    if kept.count() >= MOST_KEPT:
        raise TooManyKept(f"You keep {MOST_KEPT} filters of this list already: delete one of them first.")
    _require_free_name(kept_filter=None, person=by, listing=listing, name=name)
    at = clock.read(after=None)
    return KeptFilter.objects.create(person=by, listing=listing, name=name, query=query, kept_at=at)


@transaction.atomic
def rename_filter(*, kept_filter: KeptFilter, name: str, by: Person) -> None:
    """The filter under another name. Raises `NotYours`, and `Refused` for a name that is taken."""
    locked_person(by)
    _require_own(kept_filter, by)
    _require_free_name(kept_filter=kept_filter, person=by, listing=kept_filter.listing, name=name)
    kept_filter.name = name
    kept_filter.save(update_fields=["name"])


@transaction.atomic
def delete_filter(*, kept_filter: KeptFilter, by: Person) -> None:
    """Keep the filter no longer. Raises `NotYours`."""
    locked_person(by)
    _require_own(kept_filter, by)
    kept_filter.delete()


@transaction.atomic
def choose_shortcuts(*, person: Person, on: bool) -> None:
    """Whether single keys do something on the pages of this person."""
    row = locked_person(person)
    row.shortcuts = on
    row.save(update_fields=["shortcuts"])


def _require_own(kept_filter: KeptFilter, by: Person) -> None:
    if kept_filter.person_id != by.pk:
        raise NotYours("There is no such filter.")


def _require_free_name(*, kept_filter: KeptFilter | None, person: Person, listing: str, name: str) -> None:
    others = KeptFilter.objects.filter(person=person, listing=listing, name__iexact=name)
    if kept_filter is not None:
        others = others.exclude(pk=kept_filter.pk)
    if others.exists():
        raise Refused([Problem("name", "you keep a filter of this name already, choose another")])
