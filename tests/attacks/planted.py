"""A busy contract in which every text that people write is an attack, beside one of strangers whose words are marked.

The text is script for a page, and a formula for a spreadsheet. Whatever the strangers' contract says begins with a
mark, so that it is known wherever it comes out.
"""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from cohort.core.facts import Expense, Rate
from cohort.models import Evidence
from cohort.services import (
    Particulars,
    correct_contract,
    decline_baseline,
    propose_baseline,
    record,
    withdraw_evidence,
)
from invoicing.models import Invoice
from invoicing.services.payments import record_payment, reverse_payment
from invoicing.services.terms import record_invoicing_terms
from pbr_ledger.accounts.services import create_person, grant_role
from pbr_ledger.accounts.services.organisations import OrganisationDetails, correct_organisation
from pbr_ledger.accounts.services.preferences import keep_filter
from pbr_ledger.clients.services import create_client
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.webhooks.models import Endpoint
from savings.core.scenario import Scenario, read_scenario
from savings.services import dispute, propose
from savings.services.plans import record_savings_plan
from savings.services.what_if import make_scenario
from tests.pages.busy import SCENARIO, Words, filled
from tests.pages.world import SCENARIOS, World, last_statement, world

SCRIPT = "<img src=x onerror=alert(1)>"
PLANT = f"=1{SCRIPT}"
MARK = "STRANGERS-"
FEW = r"C0[12](-|$)"


def planted(text: str) -> str:
    """The text as an attacker writes it."""
    return f"{PLANT}{text}"


def marked(text: str) -> str:
    """The text as the strangers write it."""
    return f"{MARK}{text}"


def scenario_of(name: str, words: Words) -> Scenario:
    """The worked example with its first children alone, its references and descriptions written so."""
    document = json.loads((Path(SCENARIOS) / f"{name}.json").read_bytes())
    document["facts"] = [fact for fact in document["facts"] if re.match(FEW, str(fact["id"]))]
    for fact in document["facts"]:
        for key in {"id", "child", "placement", "household", "description"} & fact.keys():
            fact[key] = fact[key] and words(fact[key])
    return read_scenario(json.dumps(document).encode())


def planted_world() -> World:
    """The busy contract, planted all over; the other one marked."""
    made = world(
        scenario_of(SCENARIO, planted),
        months=2,
        reference=planted("L04"),
        other=scenario_of("penny-rounding", marked),
    )
    _names(made)
    filled(made, planted)
    _mallory(made)
    _programs(made)
    _second_thoughts(made)
    _money(made)
    return made


def _names(made: World) -> None:
    """Names and particulars of the own side, and somebody of such a name who has left a trace."""
    administrator, accountant = (made.people[f"own council {role}"] for role in ("administrator", "lead_accountant"))
    for organisation in (made.contract.council, made.contract.provider, made.contract.agent):
        details = OrganisationDetails(name=planted(organisation.name), address=planted("1 High Street\nPlymouth"))
        correct_organisation(organisation=organisation, details=details, by=administrator, clock=DATABASE_CLOCK)
    particulars = Particulars(planted("Title"), planted("Decision"), date(2025, 7, 29))
    correct_contract(
        contract=made.contract,
        particulars=particulars,
        reason=planted("The title was wrong"),
        corrections_seen=0,
        by=accountant,
        clock=DATABASE_CLOCK,
    )


def _mallory(made: World) -> None:
    """Somebody of such a name, who has left a trace."""
    administrator = made.people["own council administrator"]
    mallory = create_person(
        organisation=made.contract.council,
        email="mallory@plymouth.example",
        full_name=planted("Mallory"),
        password=None,
        by=administrator,
        clock=DATABASE_CLOCK,
    )
    grant_role(person=mallory, role="finance_officer", by=administrator, clock=DATABASE_CLOCK)
    make_scenario(contract=made.contract, name=planted("Mallory’s"), by=mallory, clock=DATABASE_CLOCK)
    accountant = made.people["own council lead_accountant"]
    keep_filter(listing="claims", name=planted("Agreed"), query="status=agreed", by=accountant, clock=DATABASE_CLOCK)


def _programs(made: World) -> None:
    """A client and an endpoint of such names."""
    administrator = made.people["own council administrator"]
    create_client(
        organisation=made.contract.council,
        name=planted("Finance"),
        scopes=["children:read"],
        by=administrator,
        clock=DATABASE_CLOCK,
    )
    at = DATABASE_CLOCK.read(after=None)
    Endpoint.objects.create(
        organisation=made.contract.council,
        url=f"https://hooks.example.org/{SCRIPT}",
        description=planted("Finance"),
        events=["statement.closed"],
        created_by=administrator,
        created_at=at,
        moved_at=at,
    )


def _second_thoughts(made: World) -> None:
    """What is withdrawn, declined and disputed, with reasons; and an expense of a kind of its own."""
    contract, provider = made.contract, made.people["own provider provider_staff"]
    officer = made.people["own council finance_officer"]
    expense = Expense(planted("E02"), date(2026, 9, 9), planted("train"), 100, planted("To the home"))
    record(contract=contract, facts=[expense], by=officer, clock=DATABASE_CLOCK)
    evidence = Evidence.objects.filter(claim__contract=contract).earliest("pk")
    withdraw_evidence(
        contract=contract, evidence=evidence, reason=planted("Blurred"), by=provider, clock=DATABASE_CLOCK
    )
    proposal = propose_baseline(
        contract=contract,
        child=planted("C02"),
        rates=(Rate(date(2024, 1, 1), 700100, 0),),
        reason=planted("Dearer"),
        by=officer,
        clock=DATABASE_CLOCK,
    )
    decline_baseline(proposal=proposal, reason=planted("It is not"), by=provider, clock=DATABASE_CLOCK)
    month = last_statement(contract).month.plus(1)
    proposed = propose(contract=contract, month=month, by=officer, clock=DATABASE_CLOCK)
    dispute(proposal=proposed, about=planted("C01"), reason=planted("Moved later"), by=provider, clock=DATABASE_CLOCK)


def _money(made: World) -> None:
    """A payment that is taken back, and the agent's bank reference."""
    invoice = Invoice.objects.get(contract=made.contract, number=1)
    clerk = made.people["own agent payments_clerk"]
    payment = record_payment(
        contract=made.contract,
        amount=Decimal("1.00"),
        paid_on=invoice.issued_on or date.min,
        remittance_reference=planted("TM-2"),
        allocations=[(invoice, Decimal("1.00"))],
        by=clerk,
        clock=DATABASE_CLOCK,
    )
    reverse_payment(payment=payment, reason=planted("Twice"), by=clerk, clock=DATABASE_CLOCK)
    record_savings_plan(
        contract=made.contract,
        year=2025,
        amounts=[Decimal("1.00")] * 12,
        source=planted("MTFP line 7"),
        by=made.people["own council lead_accountant"],
        clock=DATABASE_CLOCK,
    )
    record_invoicing_terms(
        contract=made.contract,
        order_reference=planted("PO 2"),
        bank_reference=planted("Bank"),
        by=made.people["own council lead_accountant"],
        clock=DATABASE_CLOCK,
    )
