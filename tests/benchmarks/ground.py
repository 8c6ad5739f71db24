"""Contracts of the sample for benchmarks, as a council has them after a year: months closed, invoices approved."""

from collections.abc import Sequence
from dataclasses import replace

from cohort.models import Contract
from invoicing.management.commands.demo import NAMES, PARTICULARS, SAMPLE
from invoicing.models import Invoice
from invoicing.services.scenarios import At, Settlement
from savings.core.scenario import Closing
from savings.management.parties import SCENARIO_CAST, Cast, standing_clerk, standing_parties
from savings.management.scenario_files import read_scenario_file
from savings.services import Parties, load_scenario


class Unpaid(Settlement):
    """Drafts, issues and approves what each month makes payable, and pays nothing of it."""

    def _pay(self, invoice: Invoice, clock: At) -> None:
        """Nothing."""

    def _pay_half(self, invoice: Invoice, clock: At) -> None:
        """Nothing."""

    def _repay(self, credit: Invoice, clock: At) -> None:
        """Nothing."""


class Ground:
    """The parties, and contracts that are added one by one."""

    def __init__(self, cast: Cast = SCENARIO_CAST) -> None:
        self.scenario = read_scenario_file(SAMPLE)
        self.parties: Parties = standing_parties(names=NAMES, cast=cast)
        self.clerk = standing_clerk(parties=self.parties, cast=cast)
        self.contracts: list[Contract] = []

    def grow_to(self, size: int, *, closings: Sequence[Closing] | None = None) -> None:
        """Load contracts until there are so many, each with these months closed, or all of the sample's."""
        while len(self.contracts) < size:
            contract = load_scenario(
                scenario=self.scenario if closings is None else replace(self.scenario, closings=tuple(closings)),
                reference=f"bench {len(self.contracts) + 1}",
                particulars=PARTICULARS,
                parties=self.parties,
                closing=True,
                follower=Unpaid(parties=self.parties, clerk=self.clerk),
            )
            self.contracts.append(contract)
