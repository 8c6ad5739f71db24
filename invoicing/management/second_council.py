"""The demonstration's other council, which does not exist, with the same provider and the same paying agent.

It shows that neither council sees anything of the other, while the provider and the agent see both; and that the terms
alone make the difference: here panel's approval makes a carer fee due, and invoices bear VAT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.conf import settings

from cohort.models import Contract
from invoicing.core.charges import CARER_FEES, FIXED_FEE, PRIOR_PERIODS, STANDARD, SUCCESS_FEE
from invoicing.services.scenarios import At, Settlement
from invoicing.services.terms import record_invoicing_terms
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.roles import COUNCIL
from pbr_ledger.accounts.services import OrganisationDetails, correct_organisation, create_organisation
from pbr_ledger.clock import DATABASE_CLOCK
from savings.management.parties import Cast, Member, member, standing_parties
from savings.management.scenario_files import read_scenario_file
from savings.models import ClosedStatement
from savings.services import Particulars, Parties, load_scenario

SCENARIO: Final = settings.BASE_DIR / "tests" / "scenarios" / "westmoor.json"
REFERENCE: Final = "WM 7/25"
NAME: Final = "Westmoor Council"
SHORT_NAME: Final = "westmoor-council"
DETAILS: Final = OrganisationDetails(
    name=NAME,
    address="Children’s Finance\n3 Sample Street\nWestmoor\nZZ1 1ZZ",
    electronic_scheme="0088",
    electronic_identifier="9999999000027",
)
PARTICULARS: Final = Particulars(
    title="Homes in families for forty children (a sample: this council does not exist)",
    decision_reference="Sample decision WM 7/25",
    decision_on=date(2025, 9, 9),
)
VAT: Final = dict.fromkeys((FIXED_FEE, PRIOR_PERIODS, SUCCESS_FEE, CARER_FEES), STANDARD)
PAYMENT_DAYS: Final = 14
ORDER: Final = "PO-WM-10442"


@dataclass(frozen=True, slots=True)
class SecondCouncil:
    """Its people beside the cast: an auditor, and the second of two administrators."""

    cast: Cast
    auditor: Member
    second_administrator: Member

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody of the council who signs in."""
        cast = self.cast
        return (
            *(cast.accountant, cast.officer, cast.second_officer),
            *(self.auditor, cast.administrator, self.second_administrator),
        )


class OnItsOwnTerms:
    """A `Follower`: what the council has agreed about invoices is recorded before the first of them is drafted."""

    def __init__(self, settlement: Settlement, parties: Parties) -> None:
        self._settlement = settlement
        self._parties = parties
        self._recorded = False

    def closed(self, statement: ClosedStatement) -> None:
        """Record the invoicing terms with the first month, and plan what follows from each."""
        if not self._recorded:
            record_invoicing_terms(
                contract=statement.contract,
                vat_treatments=VAT,
                payment_days=PAYMENT_DAYS,
                order_reference=ORDER,
                by=self._parties.accountant,
                clock=At(statement.closed_at),
            )
            self._recorded = True
        self._settlement.closed(statement)

    def until(self, instant: datetime | None) -> None:
        """Everything that is due before the instant."""
        self._settlement.until(instant)


def second_council(first: Cast, new: Callable[[str, str, str], Member]) -> SecondCouncil:
    """The council's own people; provider and paying agent are those of the first."""
    own = replace(
        first,
        administrator=new("Harriet Cole", "harriet.cole", "administrator"),
        accountant=new("Gareth Lowe", "gareth.lowe", "lead_accountant"),
        officer=new("Imani Clarke", "imani.clarke", "finance_officer"),
        second_officer=new("Ben Arkwright", "ben.arkwright", "finance_officer"),
    )
    return SecondCouncil(
        cast=own,
        auditor=new("Fiona Reid", "fiona.reid", "auditor"),
        second_administrator=new("Owen Pryce", "owen.pryce", "administrator"),
    )


def second_parties(second: SecondCouncil, *, names: Mapping[str, str], by: Person) -> Parties:
    """The council with everybody of it, and the provider and the paying agent of these names, found or made.

    `by` adds the council with its two administrators; from then on it keeps its people itself.
    """
    council = create_organisation(reference=SHORT_NAME, name=NAME, kind=COUNCIL, by=by, clock=DATABASE_CLOCK)
    own, _ = (
        member(who, organisation=council, by=by) for who in (second.cast.administrator, second.second_administrator)
    )
    correct_organisation(organisation=council, details=DETAILS, by=own, clock=DATABASE_CLOCK)
    member(second.auditor, organisation=council, by=own)
    return standing_parties(names={**names, "council": NAME}, cast=second.cast)


def load_second_contract(parties: Parties, *, clerk: Person) -> Contract:
    """The council's contract, its months closed and what they make payable settled."""
    return load_scenario(
        scenario=read_scenario_file(SCENARIO),
        reference=REFERENCE,
        particulars=PARTICULARS,
        parties=parties,
        closing=True,
        follower=OnItsOwnTerms(Settlement(parties=parties, clerk=clerk), parties),
    )
