"""`manage.py load_scenario FILE [--close] [--as REFERENCE]`: a scenario put into the ledger through the services."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, transaction

from cohort.models import Contract
from invoicing.services.scenarios import Settlement
from pbr_ledger.errors import LedgerError, Refused
from savings.core.document import as_text
from savings.core.scenario import Scenario
from savings.management.parties import SCENARIO_CAST, standing_clerk, standing_parties
from savings.management.scenario_files import REFUSED_STATUS, read_scenario_file
from savings.queries import closed_result_document
from savings.services import Particulars, load_scenario


class Command(BaseCommand):
    """Load one scenario, all of it or nothing, and print what its closed statements came to."""

    help = (
        "Load a scenario file into the ledger; with --close, close its months, settle their invoices and print the "
        "result document."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, what to do with it, and between whom the contract is."""
        parser.add_argument("file", metavar="FILE", type=Path, help="a scenario document (docs/scenario.md)")
        parser.add_argument("--close", action="store_true", help="close the months it lists, and pay what they owe")
        parser.add_argument("--as", dest="reference", metavar="REFERENCE", help="load it under another reference")
        parser.add_argument("--compact", action="store_true", help="print the document on one line")
        parser.add_argument("--council", default="Plymouth City Council", help="the council's name")
        parser.add_argument("--provider", default="Reconnect", help="the provider's name")
        parser.add_argument("--agent", default="Team Matrix", help="the paying agent's name")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse a wrong file as `model` does; say in a sentence what the services could not do."""
        try:
            scenario = read_scenario_file(options["file"])
            contract = _load(scenario, options)
        except Refused as error:
            self.stderr.write(f"{options['file']} is refused:\n{error}")
            raise SystemExit(REFUSED_STATUS) from error
        except (LedgerError, DatabaseError) as error:
            self.stderr.write(f"{options['file']} was not loaded: {error}")
            raise SystemExit(1) from error
        if options["close"]:
            self.stdout.write(as_text(closed_result_document(contract), compact=options["compact"]))
        else:
            self.stdout.write(f"Loaded {contract.reference}: {len(scenario.facts)} facts, no month closed.")


def _load(scenario: Scenario, options: dict[str, Any]) -> Contract:
    names = {kind: options[kind] for kind in ("council", "provider", "agent")}
    first_terms = min(terms.recorded for terms in scenario.terms)
    with transaction.atomic():
        parties = standing_parties(names=names, cast=SCENARIO_CAST)
        return load_scenario(
            scenario=scenario,
            reference=options["reference"] or scenario.contract,
            particulars=_particulars(scenario, first_terms),
            parties=parties,
            closing=options["close"],
            follower=Settlement(parties=parties, clerk=standing_clerk(parties=parties, cast=SCENARIO_CAST)),
        )


def _particulars(scenario: Scenario, first_terms: date) -> Particulars:
    return Particulars(
        title=f"Scenario {scenario.contract}"[:200], decision_reference=scenario.contract[:100], decision_on=first_terms
    )
