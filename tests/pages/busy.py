"""A contract in the middle of everything: something waits for everybody, and every kind of thing can be seen."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO

from PIL import Image

from cohort.core.facts import Child, Expense, ExtraCost, Fact, Household, Placement, Rate
from cohort.services import act_on_claim, propose_baseline, record, submit_claim
from cohort.services.evidence import Upload
from invoicing.models import Invoice
from invoicing.services.invoices import approve, hold, issue
from invoicing.services.payments import record_payment
from invoicing.services.terms import record_invoicing_terms, record_variation
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.services import (
    ask_for_factor_reset,
    keep_directory_account,
    keep_filter,
    release_directory_account,
)
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.services import dispatch_once
from savings.core.what_if.changes import Leaving
from savings.services import propose
from savings.services.what_if import close_scenario, copy_scenario, make_scenario, plan_change
from tests.pages.routes import programs
from tests.pages.world import World, last_statement, world

Words = Callable[[str], str]
SCENARIO = "late-breakdown-limited-by-schedule"
CLOSED_MONTHS = 3


def busy_world() -> World:
    """Three closed months with their documents, invoices in every state, and work for each part."""
    return filled(world(SCENARIO, months=CLOSED_MONTHS))


def filled(made: World, words: Words = str) -> World:
    """The world of that scenario, with everything in it. `words` says how each text is written that people write."""
    _facts(made, words)
    _claims(made, words)
    _baseline(made, words)
    dispatch_once(inline=True)
    _invoices(made, words)
    _terms(made, words)
    _people(made, words)
    _scenarios(made, words)
    programs.parts_of(made.contract)
    month = last_statement(made.contract).month.plus(1)
    propose(contract=made.contract, month=month, by=_officer(made), clock=DATABASE_CLOCK)
    dispatch_once(inline=True)
    return made


def _officer(made: World) -> Person:
    return made.people["own council finance_officer"]


def _facts(made: World, words: Words) -> None:
    """Two children who moved and are not claimed for yet, carers, notice still paid, and mileage."""
    facts: list[Fact] = [
        Household(words("H01"), "provider", date(2026, 8, 20)),
        Household(words("H02"), "council", None),
    ]
    for child in (words("C21"), words("C22")):
        facts += [
            Child(child, date(2026, 8, 1), None, (Rate(date(2026, 1, 1), 700000, 0),)),
            Placement(
                f"{child}-R0",
                child,
                "residential",
                date(2026, 1, 1),
                date(2026, 9, 7),
                "planned",
                None,
                (Rate(date(2026, 1, 1), 700000, 0),),
            ),
            Placement(
                f"{child}-F0",
                child,
                "fostering_in_house",
                date(2026, 9, 7),
                None,
                None,
                words("H01"),
                (Rate(date(2026, 9, 7), 78500, 0),),
            ),
        ]
    facts.append(ExtraCost(words("C21-N"), words("C21"), "notice", date(2026, 9, 7), date(2026, 9, 21), 700000))
    facts.append(Expense(words("E01"), date(2026, 9, 8), "mileage", 24300, words("540 miles at 45p")))
    record(contract=made.contract, facts=facts, by=_officer(made), clock=DATABASE_CLOCK)


def _claims(made: World, words: Words) -> None:
    """One claim with a picture waits for its decision, another for an answer."""
    provider, contract = made.people["own provider provider_staff"], made.contract
    for child, files in ((words("C21"), [_picture(words)]), (words("C22"), [])):
        text = words("The social worker’s note of the move is attached.")
        submit_claim(
            contract=contract, placement=f"{child}-F0", text=text, files=files, by=provider, clock=DATABASE_CLOCK
        )
    act_on_claim(
        contract=contract,
        claim=f"{words('C22')}-T1",
        action="query",
        text=words("Which day did she move?"),
        by=_officer(made),
        clock=DATABASE_CLOCK,
    )


def _picture(words: Words) -> Upload:
    picture = BytesIO()
    Image.new("RGB", (60, 40), "#123c5e").save(picture, "PNG")
    return Upload(words("note.png"), picture.getvalue())


def _baseline(made: World, words: Words) -> None:
    """An uplift that the council has put to the provider."""
    rates = (Rate(date(2024, 1, 1), 700000, 0), Rate(date(2026, 11, 1), 721000, 0))
    reason = words("The home’s price rose by 3% on 1 November.")
    propose_baseline(
        contract=made.contract, child=words("C01"), rates=rates, reason=reason, by=_officer(made), clock=DATABASE_CLOCK
    )


def _invoices(made: World, words: Words) -> None:
    """One part-paid, one held, the rest as drafts."""
    provider = made.people["own provider provider_staff"]
    accountant = made.people["own council lead_accountant"]
    drafts = list(Invoice.objects.filter(contract=made.contract).order_by("statement__month_start"))
    first = issue(invoice=drafts[0], by=provider, clock=DATABASE_CLOCK, provider_reference=words("REC-0001"))
    approve(invoice=first, by=accountant, clock=DATABASE_CLOCK)
    record_payment(
        contract=made.contract,
        amount=Decimal("100.00"),
        paid_on=first.issued_on or date.min,
        remittance_reference=words("TM-1"),
        allocations=[(first, Decimal("100.00"))],
        by=made.people["own agent payments_clerk"],
        clock=DATABASE_CLOCK,
    )
    for draft in drafts[1:2]:
        second = issue(invoice=draft, by=provider, clock=DATABASE_CLOCK)
        hold(invoice=second, reason=words("The order number is missing."), by=accountant, clock=DATABASE_CLOCK)


def _terms(made: World, words: Words) -> None:
    accountant = made.people["own council lead_accountant"]
    record_invoicing_terms(
        contract=made.contract, order_reference=words("PO 4411"), by=accountant, clock=DATABASE_CLOCK
    )
    record_variation(
        contract=made.contract,
        reference=words("Variation 1"),
        maximum_value=Decimal("1200000.00"),
        reason=words("More carers than expected."),
        by=accountant,
        clock=DATABASE_CLOCK,
    )


def _scenarios(made: World, words: Words) -> None:
    """The council asks twice what would be, and has put one question away; the provider asks once."""
    contract, officer = made.contract, _officer(made)
    kept = make_scenario(contract=contract, name=words("One child leaves"), by=officer, clock=DATABASE_CLOCK)
    leaving = Leaving(words("C01"), date(2026, 12, 1))
    plan_change(scenario=kept, change=leaving, what=words("C01 leaves"), seen=1, by=officer, clock=DATABASE_CLOCK)
    copy_scenario(scenario=kept, by=officer, clock=DATABASE_CLOCK)
    closed = make_scenario(contract=contract, name=words("Asked and answered"), by=officer, clock=DATABASE_CLOCK)
    close_scenario(scenario=closed, by=officer, clock=DATABASE_CLOCK)
    provider = made.people["own provider provider_staff"]
    make_scenario(contract=contract, name=words("Our own forecast"), by=provider, clock=DATABASE_CLOCK)


def _people(made: World, words: Words) -> None:
    """A filter that is kept, somebody who has signed in from a directory, and who has lost their second factor."""
    known = {
        "person": made.people["own council lead_accountant"],
        "issuer": words("https://directory.example"),
        "subject": words("9b4d0c7e"),
        "clock": DATABASE_CLOCK,
    }
    release_directory_account(
        account=keep_directory_account(**known),
        reason=words("The directory was replaced."),
        by=made.people["own council administrator"],
        clock=DATABASE_CLOCK,
    )
    keep_directory_account(**known)
    keep_filter(
        listing="invoices",
        name=words("Held"),
        query="status=held",
        by=made.people["own council lead_accountant"],
        clock=DATABASE_CLOCK,
    )
    ask_for_factor_reset(
        person=made.people["own council auditor"],
        reason=words("The phone was lost."),
        by=made.people["own council administrator"],
        clock=DATABASE_CLOCK,
    )
