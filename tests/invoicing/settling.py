"""A contract with closed months and everybody who settles them, at stated times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from cohort.models import Contract
from invoicing.models import Invoice, Payment
from invoicing.services import invoices, payments
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.periods import Month
from savings.core.scenario import Scenario
from savings.management.parties import SCENARIO_CAST, standing_clerk
from savings.models import ClosedStatement
from savings.queries import closed_statement
from savings.services import Parties
from tests.savings import ledger


def pounds(text: str) -> Decimal:
    """The amount."""
    return Decimal(text)


def at(text: str) -> StatedClock:
    """A clock that reads the stated time in London, then a microsecond later with each further reading."""
    begun = ledger.instant(text)
    return StatedClock(begun + timedelta(microseconds=number) for number in count())


@dataclass(frozen=True)
class World:
    """One contract, its parties, and short ways to do each step at a stated time."""

    contract: Contract
    parties: Parties
    clerk: Person

    @classmethod
    def of(cls, scenario: Scenario, reference: str | None = None) -> "World":
        """The contract of the scenario with its months closed; nothing is drafted yet."""
        parties = ledger.parties()
        clerk = standing_clerk(parties=parties, cast=SCENARIO_CAST)
        return cls(ledger.load(scenario, parties, reference=reference), parties, clerk)

    def statement(self, month: str) -> ClosedStatement:
        """The closed statement of the month."""
        found = closed_statement(contract=self.contract, month=Month.parse(month))
        assert found is not None
        return found

    def draft(self, month: str, when: str = "2026-06-07 09:00") -> Invoice | None:
        """What is drafted from the month's statement."""
        return invoices.draft_from_statement(statement=self.statement(month), clock=at(when))

    def drafts(self, when: str = "2026-06-07 09:00") -> list[Invoice]:
        """What is drafted from every month's statement, the earliest first."""
        clock = at(when)
        closed = ClosedStatement.objects.filter(contract=self.contract).order_by("month_start")
        made = [invoices.draft_from_statement(statement=each, clock=clock) for each in closed]
        return [each for each in made if each is not None]

    def issue(self, invoice: Invoice, when: str = "2026-06-08 10:00", **options: Any) -> Invoice:
        """The invoice, issued by the provider's staff."""
        by = options.pop("by", self.parties.provider_staff)
        return invoices.issue(invoice=invoice, by=by, clock=at(when), **options)

    def approve(self, invoice: Invoice, when: str = "2026-06-09 10:00", by: Person | None = None) -> Invoice:
        """The invoice, approved by the second officer."""
        return invoices.approve(invoice=invoice, by=by or self.parties.second_officer, clock=at(when))

    def hold(self, invoice: Invoice, when: str = "2026-06-09 11:00", **options: Any) -> Invoice:
        """The invoice, held by the officer."""
        by = options.pop("by", self.parties.officer)
        return invoices.hold(invoice=invoice, by=by, clock=at(when), **{"reason": "No order", **options})

    def approved(self, month: str) -> Invoice:
        """The month's invoice, drafted, issued and approved."""
        draft = self.draft(month)
        assert draft is not None
        return self.approve(self.issue(draft))

    def all_issued(self) -> list[Invoice]:
        """Every month's invoice, drafted and issued, the earliest first."""
        by, clock = self.parties.provider_staff, at("2026-06-08 10:00")
        return [invoices.issue(invoice=draft, by=by, clock=clock) for draft in self.drafts()]

    def all_approved(self) -> list[Invoice]:
        """Every month's invoice, drafted, issued and approved, the earliest first."""
        by, clock = self.parties.second_officer, at("2026-06-09 10:00")
        return [invoices.approve(invoice=issued, by=by, clock=clock) for issued in self.all_issued()]

    def pay(
        self,
        shares: Sequence[tuple[Invoice, str]],
        *,
        amount: str | None = None,
        paid_on: date = date(2026, 6, 20),
        when: str = "2026-06-20 14:00",
        by: Person | None = None,
        reference: str = "BACS 1",
    ) -> Payment:
        """A payment by the agent's clerk, of the shares' sum if nothing else is said."""
        allocations = [(invoice, pounds(share)) for invoice, share in shares]
        total = pounds(amount) if amount else sum((share for _, share in allocations), pounds("0.00"))
        return payments.record_payment(
            contract=self.contract,
            amount=total,
            paid_on=paid_on,
            remittance_reference=reference,
            allocations=allocations,
            by=by or self.clerk,
            clock=at(when),
        )


def status(invoice: Invoice) -> str:
    """The invoice's status as the database has it now."""
    return Invoice.objects.values_list("status", flat=True).get(pk=invoice.pk)


def amounts(invoice: Invoice) -> dict[str, Decimal]:
    """The net amount of each line."""
    return dict(invoice.lines.order_by("position").values_list("charge", "net"))


def of_late_breakdown() -> World:
    """Four months closed, the last with a credit for a breakdown that was reported late; nothing is drafted yet."""
    return World.of(ledger.scenario("breakdown-reported-late"))
