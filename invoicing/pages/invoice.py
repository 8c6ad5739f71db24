"""One invoice or credit note as a page: its lines, its parties, what settles it, and what was done to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from invoicing import rules
from invoicing.documents.content import PartyContent
from invoicing.documents.words import charge_of_month, registrations_shown, vat_number_shown, vat_shown
from invoicing.lifecycles import INVOICE, ISSUED
from invoicing.models import CREDIT_NOTE, Invoice, ParkedStatement
from invoicing.pages.documents import OF_THE_CONTRACT, documents_shown
from invoicing.pages.invoices import late_shown
from invoicing.pages.settling import settlements_of
from invoicing.pages.words import (
    ACTIONS,
    BY_SYSTEM,
    Row,
    amount_shown,
    kind_in_text,
    person_shown,
    status_shown,
    title_of,
)
from invoicing.queries.documents import invoice_content
from invoicing.queries.invoices import still_to_settle
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.money import RATE_SCALE
from pbr_ledger.words import day_shown, instant_shown, month_shown

PROVIDER = "Provider"
BUTTONS = {
    "issue": "Issue",
    "approve": "Approve",
    "hold": "Hold",
    "release": "Release",
}


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line: a kind of charge, how VAT reads it, and its amounts."""

    charge: str
    treatment: str
    net: str
    vat: str
    gross: str


@dataclass(frozen=True, slots=True)
class PartyShown:
    """A party in its part, by the name and address it had on the day of issue, or has now for a draft."""

    part: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done: when, what, by whom, and why."""

    at: str
    what: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkShown:
    """Another invoice or credit note of the contract."""

    key: int
    title: str
    month: str


@dataclass(frozen=True, slots=True)
class ButtonShown:
    """Something that this person may do now: its words, and the name of its address."""

    words: str
    route: str
    is_first: bool


def invoice_page(invoice: Invoice, *, today: date) -> dict[str, Any]:
    """Everything about the invoice that a page shows to whoever may see it at all: nothing of it says who reads."""
    status, colour = status_shown(invoice)
    return {
        "invoice": invoice,
        "title": title_of(invoice),
        "kind": kind_in_text(invoice),
        "is_credit": invoice.kind == CREDIT_NOTE,
        "status": status,
        "colour": colour,
        "late": late_shown(invoice, today=today),
        "month": month_shown(invoice.statement.month),
        "lines": [_line(invoice, line) for line in invoice.lines.order_by("position")],
        "net": amount_shown(invoice.net),
        "vat": amount_shown(invoice.vat),
        "gross": amount_shown(invoice.gross),
        "settled": amount_shown(invoice.settled),
        "left": amount_shown(still_to_settle(invoice)),
        "settlements": settlements_of(invoice),
        **_frozen(invoice),
    }


def council_and_provider_page(invoice: Invoice, person: Person, *, today: date) -> dict[str, Any]:
    """The invoice as council and provider see it: with the statement behind it, its history and its corrections."""
    done = list(_done(invoice))
    return {
        **invoice_page(invoice, today=today),
        "documents": documents_shown(invoice, parts=(invoice.contract_id, invoice.pk), routes=OF_THE_CONTRACT),
        "standing": _standing(invoice, done),
        "statement_month": str(invoice.statement.month),
        "corrects": _linked(invoice.corrects),
        "corrected_by": _linked(invoice.corrected_by),
        "done": done,
        "buttons": _buttons(invoice, person),
        "otherwise": _otherwise(invoice, person),
    }


def _line(invoice: Invoice, line: Any) -> LineShown:
    return LineShown(
        charge_of_month(line.charge, invoice.statement.month),
        vat_shown(line.vat_treatment, int(line.vat_rate * RATE_SCALE)),
        amount_shown(line.net),
        amount_shown(line.vat),
        amount_shown(line.net + line.vat),
    )


def _frozen(invoice: Invoice) -> dict[str, Any]:
    """The parties and references that were frozen on issue; of a draft the parties as they are now."""
    contract = invoice.contract
    paid_by = "Paid through" if invoice.kind == CREDIT_NOTE else "Paid by"
    if invoice.number is None:
        parties = ((PROVIDER, contract.provider), ("Council", contract.council), (paid_by, contract.agent))
        return {"parties": [_party_now(part, organisation) for part, organisation in parties], "particulars": ()}
    content = invoice_content(invoice)
    named = ((PROVIDER, content.seller), ("Council", content.buyer), (paid_by, content.payer))
    rows = (
        ("Issued", day_shown(content.issued_on)),
        ("Due", day_shown(content.due_on)),
        ("The provider’s own reference", content.provider_reference),
        ("Order reference", content.order_reference),
        ("Account to pay into", content.bank_reference),
        ("Contract", f"{content.contract_reference}: {content.contract_title}"),
        ("Decision", f"{content.decision_reference}, {day_shown(content.decision_on)}"),
    )
    return {
        "parties": [PartyShown(part, party.name, _lines_of(part, party)) for part, party in named],
        "particulars": [Row(name, text) for name, text in rows if text],
    }


def _lines_of(part: str, party: PartyContent) -> tuple[str, ...]:
    """Address and registrations, as the document prints them."""
    vat = (vat_number_shown(party.vat_number),) if part == PROVIDER or party.vat_number else ()
    return (*party.address, *vat, *registrations_shown(party))


def _party_now(part: str, organisation: Organisation) -> PartyShown:
    return PartyShown(part, organisation.name, tuple(organisation.address.splitlines()))


def _done(invoice: Invoice) -> Iterator[Done]:
    """The history, the earliest first: from the draft, and from the release of its statement where it was parked."""
    begun: list[tuple[datetime, Done]] = [
        (
            invoice.drafted_at,
            Done(instant_shown(invoice.drafted_at), "Drafted from the closed statement", BY_SYSTEM, ""),
        )
    ]
    parked = ParkedStatement.objects.filter(statement=invoice.statement_id).select_related("released_by__organisation")
    for each in parked:
        findings = " ".join(each.findings.splitlines())
        begun.append((each.parked_at, Done(instant_shown(each.parked_at), "Statement parked", BY_SYSTEM, findings)))
        if each.released_at:
            by = person_shown(each.released_by)
            release = Done(instant_shown(each.released_at), "Statement released", by, each.reason)
            begun.append((each.released_at, release))
    actions = invoice.actions.select_related("by__organisation").order_by("at", "pk")
    yield from (done for _, done in sorted(begun, key=lambda each: each[0]))
    for action in actions:
        yield Done(instant_shown(action.at), ACTIONS[action.action], person_shown(action.by), action.reason)


def _linked(invoices: Any) -> list[LinkShown]:
    found = invoices.select_related("statement").order_by("statement__month_start")
    return [LinkShown(each.pk, title_of(each), month_shown(each.statement.month)) for each in found]


def _standing(invoice: Invoice, done: list[Done]) -> str:
    """Where it stands and what comes next, in a sentence."""
    contract, left = invoice.contract, amount_shown(still_to_settle(invoice))
    is_credit = invoice.kind == CREDIT_NOTE
    match invoice.status:
        case "draft":
            return f"{contract.provider.name} has not issued it yet."
        case "issued":
            return f"It waits for an officer of {contract.council.name} to approve it."
        case "held":
            reason = next((each.reason for each in reversed(done) if each.what == ACTIONS["hold"]), "")
            return f"{contract.council.name} holds it: {reason}"
        case "paid":
            return "All of the credit has been used or repaid." if is_credit else "Nothing is left to pay."
    if is_credit:
        return f"{left} of credit can be set off against invoices of this contract, or repaid."
    due = day_shown(invoice.due_on) if invoice.due_on else ""
    return f"{left} is to be paid by {contract.agent.name}, due {due}."


def _buttons(invoice: Invoice, person: Person) -> list[ButtonShown]:
    """What the lifecycle offers and this person may do; a button leads to a page that asks."""
    words = kind_in_text(invoice)
    possible = [action for action in INVOICE.actions_from(invoice.status) if action in BUTTONS]
    offered = [action for action in possible if rules.may_act(person, invoice, action)]
    return [
        ButtonShown(f"{BUTTONS[action]} this {words}", f"invoice-{action}", place == 0)
        for place, action in enumerate(offered)
    ]


def _otherwise(invoice: Invoice, person: Person) -> str:
    """Why an officer who approves other invoices is not offered to approve this one."""
    if invoice.status != ISSUED or not rules.may_hold(person, invoice.contract) or rules.may_approve(person, invoice):
        return ""
    return "You proposed the statement behind it, so another officer of the council approves it."
