"""A small model of a contract, kept in memory and written apart from the services: what each command must come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cohort.core.facts import Fact, KnownFacts, Retraction
from cohort.core.known import RecordedFact, as_known_on
from cohort.core.terms import Terms
from invoicing.services.ground import MoreThanOwed, OverCap, OverMaximum
from invoicing.services.payments import NotPayable
from pbr_ledger.errors import LedgerError
from pbr_ledger.lifecycle import ActionNotPossible
from pbr_ledger.periods import Month
from savings.core.document import Document, statement_document
from savings.core.results import NOTHING_STATED, Position, Statement
from savings.core.statement import statement

ZERO = Decimal("0.00")
Refusal = type[LedgerError] | None


@dataclass
class Bill:
    """An invoice or a credit note as it should be."""

    month: Month
    is_credit: bool
    gross: Decimal
    fixed_fee: Decimal
    corrects: list["Bill"] = field(default_factory=list)
    status: str = "draft"
    number: int | None = None
    issued_on: date | None = None
    settled: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What is still to be settled."""
        return self.gross - self.settled

    @property
    def sign(self) -> int:
        """Below zero for a credit note."""
        return -1 if self.is_credit else 1

    @property
    def is_approved(self) -> bool:
        """Whether it is in the books."""
        return self.status in ("approved", "part_paid", "paid")

    def settle(self, amount: Decimal) -> None:
        """So much more is settled; less for a negative amount."""
        self.settled += amount
        assert ZERO <= self.settled <= self.gross
        self.status = "paid" if self.left == 0 else "part_paid" if self.settled else "approved"

    def refuses(self, amount: Decimal, *, credit: bool) -> Refusal:
        """Why so much of it cannot be settled, by a payment or by the use of credit."""
        if self.is_credit != credit or self.status not in ("approved", "part_paid"):
            return NotPayable
        return MoreThanOwed if amount > self.left else None


@dataclass
class Transfer:
    """A payment, a repayment or a set-off, and whether it still stands, as it should be."""

    is_repayment: bool
    shares: list[tuple[Bill, Decimal]]
    open: bool = True

    @property
    def amount(self) -> Decimal:
        """All that moved."""
        return sum((share for _, share in self.shares), ZERO)

    def take_back(self) -> None:
        """What was settled by it is open again; nothing the second time."""
        for bill, amount in self.shares if self.open else ():
            bill.settle(-amount)
        self.open = False


@dataclass
class Model:
    """The contract as it should be."""

    terms: Terms
    maximum: Decimal
    versions: list[RecordedFact] = field(default_factory=list)
    position: Position = NOTHING_STATED
    documents: dict[Month, Document] = field(default_factory=dict)
    bills: dict[Month, Bill] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    set_offs: list[Transfer] = field(default_factory=list)
    numbers: int = 0
    _worked: dict[tuple[Month, date, int, int], Statement] = field(default_factory=dict)

    def record(self, facts: Iterable[Fact | Retraction], on: date) -> None:
        """More is known."""
        self.versions += [RecordedFact(on, fact) for fact in facts]

    def known(self, on: date) -> KnownFacts:
        """What is known by the end of the day."""
        return as_known_on(on, terms=[self.terms], versions=self.versions)

    def result(self, month: Month, on: date) -> Statement:
        """What the month comes to by what is known on the day, after the months that are closed."""
        key = month, on, len(self.versions), len(self.documents)
        if key not in self._worked:
            self._worked = {key: statement(month=month, as_known_on=on, known=self.known(on), position=self.position)}
        return self._worked[key]

    def close(self, result: Statement) -> None:
        """The month is closed with this result."""
        self.position = result.position
        self.documents[result.month] = statement_document(result)

    def draft(self, month: Month, corrects: list[Bill]) -> Bill | None:
        """What the closed month's document makes payable."""
        if month in self.bills:
            return self.bills[month]
        document = self.documents[month]
        total, fixed_fee = Decimal(document["total"]), Decimal(document["charges"]["fixed_fee"])
        if total == 0:
            return None
        sign = -1 if total < 0 else 1
        self.bills[month] = Bill(month, total < 0, abs(total), sign * fixed_fee, corrects)
        return self.bills[month]

    def issue(self, bill: Bill, on: date) -> None:
        """The next number, and the day."""
        self.numbers += 1
        bill.status, bill.number, bill.issued_on = "issued", self.numbers, on

    def refuses_approval(self, bill: Bill) -> Refusal:
        """Why the bill cannot be approved: its status, the maximum, or the cap of the fixed fee."""
        if bill.status != "issued":
            return ActionNotPossible
        if self.approved + bill.sign * bill.gross > max(self.maximum, self.approved):
            return OverMaximum
        cap = Decimal(self.terms.cap_pence) / 100
        return OverCap if self.fixed_fee + bill.sign * bill.fixed_fee > max(cap, self.fixed_fee) else None

    @property
    def approved(self) -> Decimal:
        """Invoices approved, less credit notes approved."""
        return sum((bill.sign * bill.gross for bill in self.bills.values() if bill.is_approved), ZERO)

    @property
    def fixed_fee(self) -> Decimal:
        """The fixed fee in them."""
        return sum((bill.sign * bill.fixed_fee for bill in self.bills.values() if bill.is_approved), ZERO)

    @property
    def paid(self) -> Decimal:
        """What the agent has paid, less what was paid back to it."""
        standing = [transfer for transfer in self.transfers if transfer.open]
        return sum((-each.amount if each.is_repayment else each.amount for each in standing), ZERO)
