"""Recording what the council's financial plan counts on of a contract's savings."""

from collections.abc import Sequence
from decimal import Decimal

from cohort.models import Contract
from cohort.services import checked_at_once, locked
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import NotFound, Problem, Refused
from pbr_ledger.words import financial_year_of
from savings import rules
from savings.models import SavingsPlan
from savings.services.ground import note, require, stamp

PERIODS = 12
LONGEST_SOURCE = 200
LARGEST_AMOUNT = Decimal("9999999999.99")
FIRST_YEAR, LAST_YEAR = 2000, 2099


def record_savings_plan(
    *, contract: Contract, year: int, amounts: Sequence[Decimal], source: str, by: Person, clock: Clock
) -> SavingsPlan:
    """The plan of a financial year just recorded, in pounds for P1 to P12: it holds from now on.

    2025 is 2025/26; `source` says where the figures stand, such as a line of the medium term financial plan. Only the
    council's Lead Accountant records one. Raises `Refused`, `NotPermitted`, `NotFound`.
    """
    with checked_at_once():
        if not rules.may_read(by, contract):
            raise NotFound(f"There is no contract {contract.reference}.")
        require(rules.may_record_plan(by, contract), "Only the Lead Accountant records the savings plan.")
        contract = locked(contract)
        if problems := _problems(year, amounts, source):
            raise Refused(problems)
        at = stamp(contract, clock)
        plan = SavingsPlan.objects.create(
            contract=contract,
            financial_year=year,
            amounts=list(amounts),
            source=source.strip(),
            recorded_by=by,
            recorded_at=at,
        )
        detail = {"year": year, "total": str(sum(amounts, Decimal("0.00"))), "source": plan.source}
        note(contract, by, "savings_plan.recorded", f"{contract.reference} {financial_year_of(year)}", detail, at)
    return plan


def _problems(year: int, amounts: Sequence[Decimal], source: str) -> list[Problem]:
    found = []
    if not FIRST_YEAR <= year <= LAST_YEAR:
        found.append(Problem("year", f"has to be from {FIRST_YEAR} to {LAST_YEAR}"))
    if len(amounts) != PERIODS:
        found.append(Problem("amounts", f"has to be {PERIODS} amounts, for P1 to P12"))
    found += [
        Problem(f"amounts[{place}]", "has to be an amount in pounds and pence, not below zero")
        for place, amount in enumerate(amounts)
        if not (amount.is_finite() and 0 <= amount <= LARGEST_AMOUNT and amount == round(amount, 2))
    ]
    if not source.strip() or len(source) > LONGEST_SOURCE or "\0" in source:
        found.append(Problem("source", f"has to say where the figures stand, in at most {LONGEST_SOURCE} characters"))
    return found
