"""Programs that ask the API over HTTP, each with a client and a token of its own."""

from itertools import count
from typing import Any

import requests

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clients.scopes import scopes_for
from pbr_ledger.clients.services import create_client
from pbr_ledger.clock import DATABASE_CLOCK

MOST_IN_A_MINUTE = 550
"""Below what the ledger allows one client."""
ROLES = {"agent": "payments_clerk", "provider": "provider_staff", "council": "auditor"}
_numbers = count(1)


class Program:
    """A program of an organisation, whose connection stays open."""

    def __init__(self, address: str, organisation: Organisation, by: Person) -> None:
        made = create_client(
            organisation=organisation,
            name=f"Program {next(_numbers)}",
            scopes=scopes_for(organisation.kind),
            roles=[ROLES[organisation.kind]],
            by=by,
            clock=DATABASE_CLOCK,
        )
        self.address = address
        self.session = requests.Session()
        pair, form = (made.client_id, made.secret), {"grant_type": "client_credentials"}
        answer = self.session.post(f"{address}/oauth/token", auth=pair, data=form, timeout=60)
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, address: str) -> requests.Response:
        """The answer to a GET below the API's address."""
        return self.session.get(f"{self.address}/api/v1/{address}", timeout=60)

    def pay(self, invoice: int, day: str) -> requests.Response:
        """A penny of the invoice, paid."""
        number = next(_numbers)
        body: dict[str, Any] = {
            "amount": "0.01",
            "paid_on": day,
            "remittance_reference": f"BENCH {number}",
            "allocations": [{"invoice": f"inv_{invoice}", "amount": "0.01"}],
        }
        headers = {"Idempotency-Key": f"bench-{number}"}
        return self.session.post(f"{self.address}/api/v1/payments", json=body, headers=headers, timeout=60)
