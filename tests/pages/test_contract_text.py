"""The contract as the ledger reads it: every clause with its anchor, in the browser, and links to each."""

import re

import pytest
from django.test import Client

from cohort.pages.contract_text import as_page, contract_text
from cohort.templatetags.clauses import clause_links
from tests.cohort import sample
from tests.cohort.sample import Parties
from tests.docs.test_clauses import CONTRACT, clauses
from tests.signing_in import signed_in


@pytest.fixture
def parties(db: None) -> Parties:
    """The people of a contract."""
    return sample.parties()


def test_contract_is_read_in_the_browser_with_an_anchor_for_every_clause(parties: Parties, client: Client):
    signed_in(parties.provider_staff, client)
    page = client.get("/how-the-ledger-reads-the-contract/").content.decode()
    anchors = set(re.findall(r'id="([^"]+)"', page))
    paragraphs = {number for number in clauses(CONTRACT.read_text(encoding="utf-8")) if "." in number}
    assert len(paragraphs) == 45
    assert paragraphs <= anchors
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors


def test_no_mark_of_its_form_is_left_in_the_text():
    body = re.sub(r"<(pre|code)[^>]*>.*?</\1>", "", contract_text().body, flags=re.DOTALL)
    assert [mark for mark in ("**", "](", "|", "&lt;a", "`") if mark in body] == []
    assert re.findall(r"(?<![\w)])\*\S", body) == []


def test_text_is_escaped_and_links_elsewhere_are_plain_words():
    page = as_page("# Title\n\n<b> & [see](other.md), [4](#four) *so* **it** `a<b`\n\n- one\n  more\n- two\n")
    assert page.title == "Title"
    assert page.body == (
        '<p class="govuk-body">&lt;b&gt; &amp; see, <a class="govuk-link" href="#four">4</a> <em>so</em> '
        "<strong>it</strong> <code>a&lt;b</code></p>\n"
        '<ul class="govuk-list govuk-list--bullet"><li>one\nmore</li><li>two</li></ul>'
    )


def test_numbers_of_clauses_are_links_and_other_numbers_are_not():
    link = '<a class="govuk-link" href="/how-the-ledger-reads-the-contract/#{0}">{0}</a>'
    assert clause_links("6.2 and 6.3") == f"{link.format('6.2')} and {link.format('6.3')}"
    assert clause_links("14.1 <i>") == "14.1 &lt;i&gt;"
    assert clause_links("") == ""
