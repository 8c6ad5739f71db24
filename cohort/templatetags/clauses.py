"""Numbers of clauses as links to what they say."""

import re

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cohort.pages.contract_text import contract_text

register = template.Library()

_NUMBER = re.compile(r"\b[0-9]{1,2}\.[0-9]{1,2}\b")


@register.filter
def clause_links(text: str) -> SafeString:
    """The text, with each number of a clause in it as a link to that clause: `4.2`, `6.2 and 6.3`."""
    address = reverse("contract-reading")
    known = contract_text().clauses

    def link(found: re.Match[str]) -> str:
        return f'<a class="govuk-link" href="{address}#{found[0]}">{found[0]}</a>' if found[0] in known else found[0]

    return mark_safe(_NUMBER.sub(link, escape(text)))  # noqa: S308 - escaped before
