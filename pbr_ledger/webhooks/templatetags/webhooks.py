"""What needs an administrator: endpoints that were disabled because they took nothing."""

from typing import Any

from django import template

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import organisations_of
from pbr_ledger.accounts.rules import may_manage_people
from pbr_ledger.webhooks.models import Endpoint
from pbr_ledger.webhooks.queries import failed_endpoints as failed

register = template.Library()


@register.simple_tag(takes_context=True)
def failed_endpoints(context: dict[str, Any]) -> list[Endpoint]:
    """Those of the organisations that whoever reads the page keeps; none for others."""
    person = context.get("user")
    if not isinstance(person, Person) or not may_manage_people(person):
        return []
    return list(failed(organisations_of(person)))
