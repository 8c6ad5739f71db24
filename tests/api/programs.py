"""Programs that use the API in the tests, and the contract at which they look."""

import json
from base64 import b64encode
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from django.test import Client

from cohort.models import Contract
from invoicing.models import Invoice
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.clients.scopes import scopes_for
from pbr_ledger.clients.services import NewClient, create_client
from pbr_ledger.clock import DATABASE_CLOCK
from tests.invoicing.settling import World
from tests.savings import ledger

ROLES = {"agent": ["payments_clerk"], "provider": ["provider_staff"], "council": ["finance_officer", "lead_accountant"]}
_numbers = count(1)


@dataclass
class Program:
    """A client that has its token and asks like any program."""

    made: NewClient
    token: str = ""
    browser: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    @classmethod
    def of(cls, organisation: Organisation, *scopes: str, **options: Any) -> "Program":
        """A new client of the organisation, with these scopes or all it can hold, and its token."""
        made = create_client(
            organisation=organisation,
            name=f"Program {next(_numbers)}",
            scopes=scopes or scopes_for(organisation.kind),
            roles=options.pop("roles", ROLES[organisation.kind]),
            by=options.pop("by", None) or ledger.administrator(),
            clock=DATABASE_CLOCK,
            **options,
        )
        program = cls(made)
        program.token = program.ask_for_token().json().get("access_token", "")
        return program

    def ask_for_token(self, **changes: str) -> Any:
        """What the token's address answers."""
        pair = f"{self.made.client_id}:{changes.pop('secret', self.made.secret)}"
        form = {"grant_type": "client_credentials"} | changes
        return self.browser.post(
            "/oauth/token", form, headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        )

    def get(self, address: str, **headers: str) -> Any:
        """The answer to a GET below the API's address."""
        return self.browser.get(f"/api/v1/{address}", headers=self._headers(headers))

    def post(self, address: str, body: Any, **headers: str) -> Any:
        """The answer to a POST, with a key of its own unless one is given."""
        own = {"Idempotency-Key": f"key-{next(_numbers)}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.browser.post(
            f"/api/v1/{address}",
            text,
            content_type="application/json",
            headers=self._headers({name: value for name, value in own.items() if value}),
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): text for name, text in more.items()}
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | named


@dataclass
class Ground:
    """The contract's invoices by what became of them, and everybody's programs."""

    world: World
    approved: Invoice
    held: Invoice
    issued: Invoice
    credit: Invoice
    other: Invoice
    agent: Program
    council: Program
    provider: Program
    stranger: Program

    @property
    def contract(self) -> Contract:
        """The contract."""
        return self.world.contract


def ground() -> Ground:
    """An approved invoice, a held one, one issued only, an approved credit note; and an invoice of others."""
    world = World.of(ledger.scenario("breakdown-reported-late"))
    invoices = world.all_issued()
    first, second, third = (each for each in invoices if each.kind == "invoice")
    credit = next(each for each in invoices if each.kind == "credit_note")
    approved, credit = world.approve(first), world.approve(credit, "2026-06-09 10:15")
    parties = world.parties
    return Ground(
        world=world,
        approved=approved,
        held=world.hold(second),
        issued=third,
        credit=credit,
        other=_elsewhere(),
        agent=Program.of(parties.agent),
        council=Program.of(parties.council),
        provider=Program.of(parties.provider),
        stranger=Program.of(ledger.organisation("Other Agent", "agent")),
    )


def _elsewhere() -> Invoice:
    """Somebody else's approved invoice."""
    provider, agent = ledger.organisation("Other Provider", "provider"), ledger.organisation("Third Agent", "agent")
    here = ledger.parties()
    theirs = replace(
        here, provider=provider, agent=agent, provider_staff=ledger.person(provider, "Olive Other", "provider_staff")
    )
    contract = ledger.load(ledger.scenario("mid-month-move"), theirs, reference="OTHER 1")
    other = World(contract, theirs, ledger.person(agent, "Ottilie Other", "payments_clerk"))
    return other.all_approved()[0]


def payment_of(invoice: Invoice, share: str, **changes: Any) -> dict[str, Any]:
    """The body of a payment of the invoice."""
    right = {
        "amount": share,
        "paid_on": "2026-06-09",
        "remittance_reference": "BACS 1",
        "allocations": [{"invoice": f"inv_{invoice.pk}", "amount": share}],
    }
    return right | changes
