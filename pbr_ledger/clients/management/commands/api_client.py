"""Make a client of the API, list those of an organisation, or close one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.roles import AGENT, COUNCIL, PROVIDER
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.queries import clients_of
from pbr_ledger.clients.scopes import scopes_for
from pbr_ledger.clients.services import close_client, create_client
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError

USUAL_ROLES = {AGENT: "payments_clerk", PROVIDER: "provider_staff", COUNCIL: "auditor"}
"""What a client acts as where no role is named."""


class Command(BaseCommand):
    """In the name of an administrator. The secret is printed once, and kept only as its hash."""

    help = "Make a client of the API; without --name, list the organisation's clients; with --close, close one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What client, of whom, and by whom."""
        parser.add_argument("--organisation", required=True, metavar="REFERENCE", help="its short name")
        parser.add_argument("--by", metavar="EMAIL", help="the administrator in whose name this is done")
        parser.add_argument("--name", help="what the client is called: Payments run")
        parser.add_argument(
            "--scopes", metavar="SCOPE,…", help="what it may do; all that its organisation can, if left out"
        )
        parser.add_argument("--role", action="append", metavar="ROLE", help="as what it acts; may be repeated")
        parser.add_argument(
            "--network", action="append", default=[], metavar="NETWORK", help="the only places it comes from"
        )
        parser.add_argument("--close", metavar="CLIENT_ID", help="close this client")

    def handle(self, *args: Any, **options: Any) -> None:
        """One of the three."""
        organisation = Organisation.objects.filter(reference=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['organisation']}.")
        try:
            if options["close"]:
                self._close(organisation, options["close"], _administrator(options["by"]))
            elif options["name"]:
                self._create(organisation, options, _administrator(options["by"]))
            else:
                self._list(organisation)
        except LedgerError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _create(self, organisation: Organisation, options: dict[str, Any], by: Person) -> None:
        named = [each.strip() for each in (options["scopes"] or "").split(",") if each.strip()]
        made = create_client(
            organisation=organisation,
            name=options["name"],
            scopes=named or scopes_for(organisation.kind),
            roles=options["role"] or [USUAL_ROLES[organisation.kind]],
            networks=options["network"],
            by=by,
            clock=DATABASE_CLOCK,
        )
        self.stdout.write(f"{made.client}: {' '.join(made.client.scopes)}")
        self.stdout.write(f"client_id      {made.client_id}")
        self.stdout.write(f"client_secret  {made.secret}")
        self.stdout.write("Keep the secret now: it is shown this once.")

    def _list(self, organisation: Organisation) -> None:
        for client in clients_of(organisation):
            state = f"closed {client.closed_at:%Y-%m-%d}" if client.closed_at else " ".join(client.scopes)
            self.stdout.write(f"{client.application.client_id}  {client.name}: {state}")

    def _close(self, organisation: Organisation, client_id: str, by: Person) -> None:
        client: ApiClient | None = clients_of(organisation).filter(application__client_id=client_id).first()
        if client is None:
            raise CommandError(f"{organisation} has no client {client_id}.")
        self.stdout.write(f"{close_client(client=client, by=by, clock=DATABASE_CLOCK)} is closed.")


def _administrator(email: str | None) -> Person:
    found = Person.objects.filter(email=(email or "").strip().lower()).first()
    if found is None:
        raise CommandError("Say with --by who does this: the e-mail address of an administrator.")
    return found
