"""The filters of a list that whoever reads the page keeps, as links above it."""

from typing import Any

from django import template

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.pages.filters import kept_of_list, list_for

register = template.Library()


@register.inclusion_tag("accounts/kept.html", takes_context=True)
def kept_filters(context: dict[str, Any], listing: str) -> dict[str, Any]:
    """The links, and the one to keep what the list shows now; nothing where there is neither."""
    person = context.get("user")
    if not isinstance(person, Person):
        return {}
    contract = getattr(context.get("contract"), "pk", None)
    return {"kept": kept_of_list(context["request"], person, list_for(listing), contract), "user": person}
