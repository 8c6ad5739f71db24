"""A contract's activity log as a page: who did what when, in words, with a link to what it was about."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse

from cohort.models import Contract
from invoicing.models import Invoice
from invoicing.pages.activity_words import action_words
from invoicing.pages.words import BY_SYSTEM
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import head, verify
from pbr_ledger.listing import Column
from pbr_ledger.lists import ANY_TEXT, ListPage
from pbr_ledger.periods import Month
from pbr_ledger.sorting import DAY, Sort, by_words, keys_of
from pbr_ledger.words import count_shown, day_shown, digest_grouped, digest_short, instant_shown, month_shown
from savings.models import ClosedStatement, Proposal
from savings.pages.months import STATUS_WORDS

INVOICE_SUBJECT = re.compile(r"(?:invoice|credit note) (\d+)")
ENTRY_SUBJECT = re.compile(r"entry (\d+)")
MONTH_SUBJECT = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(|, proposal \d+)")
TERMS_SUBJECT = re.compile(r"terms from (\d{4}-\d{2}-\d{2})")
PAYMENT_SUBJECT = re.compile(r"(?:payment|repayment) .+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event. `address` is empty where what it is about has no page; `reason` where none was given."""

    number: int
    at: str
    who: str
    organisation: str
    what: str
    subject: str
    address: str
    reason: str
    hash: str


COLUMNS: tuple[Column, ...] = (
    ("Number", lambda row: str(row.number)),
    ("When", lambda row: row.at),
    ("Who", lambda row: row.who),
    ("Organisation", lambda row: row.organisation),
    ("What", lambda row: row.what),
    ("About", lambda row: row.subject),
    ("Reason", lambda row: row.reason),
    ("Hash", lambda row: row.hash),
)
"""The log as a file."""
OWN_ORDER = "-when"


def sorts(actions: Iterable[str]) -> tuple[Sort, ...]:
    """What the log can be sorted by, where these actions occur in it."""
    who = Case(When(actor_id=None, then=Value(BY_SYSTEM.lower())), default=Lower("actor_name"))
    what = by_words((Q(action=action), action_words(action)) for action in actions)
    return Sort("when", "When", "sequence", DAY), Sort("who", "Who", who), Sort("what", "What", what)


LIST = ListPage(
    "activity",
    "Activity",
    dict.fromkeys(("action", "person", "since", "until"), ANY_TEXT),
    keys_of(sorts(())),
)


def event_rows(contract: Contract, events: Sequence[AuditEvent]) -> list[EventRow]:
    """The rows, in four queries for however many."""
    people = Person.objects.filter(pk__in={event.actor_id for event in events}).select_related("organisation")
    organisations = {person.pk: person.organisation.name for person in people}
    addresses = _addresses(contract, [_subject(contract, event) for event in events])
    return [_row(contract, event, organisations, addresses) for event in events]


def _row(
    contract: Contract, event: AuditEvent, organisations: Mapping[int, str], addresses: Mapping[str, str]
) -> EventRow:
    subject = _subject(contract, event)
    detail = json.loads(event.detail)
    return EventRow(
        number=event.sequence,
        at=instant_shown(event.at),
        who=event.actor_name if event.actor_id else BY_SYSTEM,
        organisation=organisations.get(event.actor_id or 0, ""),
        what=action_words(event.action),
        subject=_shown(subject) or ("(erased)" if event.erased_by else ""),
        address=addresses.get(subject, ""),
        reason=str(detail.get("reason") or ""),
        hash=digest_short(event.hash),
    )


def _subject(contract: Contract, event: AuditEvent) -> str:
    """What it was about, without the contract's reference that stands above the whole log."""
    return event.subject.removeprefix(contract.reference).strip() or event.subject


def _shown(subject: str) -> str:
    """The subject, a month or the day of terms in it as people write them."""
    if match := MONTH_SUBJECT.fullmatch(subject):
        return f"{month_shown(Month.parse(match[1]))}{match[2]}"
    if match := TERMS_SUBJECT.fullmatch(subject):
        return f"terms from {day_shown(date.fromisoformat(match[1]))}"
    return subject


def _addresses(contract: Contract, subjects: Sequence[str]) -> dict[str, str]:
    """Where each subject has its page, in three queries."""
    numbers = {match[1] for subject in subjects if (match := INVOICE_SUBJECT.fullmatch(subject))}
    invoices = Invoice.objects.filter(contract=contract, number__in=numbers).values_list("number", "pk")
    keys, months = {str(number): key for number, key in invoices}, _months(contract)
    found = {subject: _address(contract, subject, keys, months) for subject in subjects}
    return {subject: address for subject, address in found.items() if address}


def _address(contract: Contract, subject: str, invoices: Mapping[str, int], months: frozenset[str]) -> str:
    if (match := INVOICE_SUBJECT.fullmatch(subject)) and match[1] in invoices:
        return reverse("invoice", args=[contract.pk, invoices[match[1]]])
    if match := ENTRY_SUBJECT.fullmatch(subject):
        return reverse("ledger-entry", args=[contract.pk, match[1]])
    if (match := MONTH_SUBJECT.fullmatch(subject)) and match[1] in months:
        return reverse("statement", args=[contract.pk, match[1]])
    if PAYMENT_SUBJECT.fullmatch(subject):
        return reverse("payments", args=[contract.pk])
    return ""


def _months(contract: Contract) -> frozenset[str]:
    """The months that have a statement to open, written `2026-03`."""
    closed = ClosedStatement.objects.filter(contract=contract).values_list("month_start", flat=True)
    proposed = Proposal.objects.filter(contract=contract, status__in=STATUS_WORDS)
    return frozenset(f"{day:%Y-%m}" for day in [*closed, *proposed.values_list("month_start", flat=True)])


def chain_page(stream: str, *, asked: bool) -> dict[str, Any]:
    """How long the chain is and its last hash; and whether it is whole, where somebody asked to have it checked."""
    last = head(stream)
    context: dict[str, Any] = {
        "length": count_shown(last.length, "event"),
        "head": digest_grouped(last.hash),
        "checked": asked,
        "findings": [],
    }
    if asked:
        context["findings"] = [f"Event {finding.sequence}: {finding.message}." for finding in verify(stream)]
    return context
