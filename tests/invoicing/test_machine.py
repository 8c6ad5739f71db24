"""Everything that people do, in any order, on real PostgreSQL, against a small model; then the checks of the ledger.

Each run is one contract from its first fact on. Whether a command goes through, and which refusal it meets, the model
says beforehand; people who may not do a thing try it too. A seed is printed with each part, and `PBR_SEED=…` repeats
it. `PBR_COMMANDS=20000` is the long run: so many commands over all parts, which `-n 2` spreads over two processors.
What is printed goes to the error stream, which processes of a spread run share.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from cohort import services as cohort
from cohort.core.facts import Child, Claim, Expense, Fact, Household, Placement, Rate, Retraction
from cohort.core.terms import CarerFeeRefund
from cohort.core.terms import Phase as TermsPhase
from cohort.models import Contract
from invoicing.models import Invoice, Payment, SetOff
from invoicing.queries.checks import check_everything
from invoicing.queries.ledger import trial_balance
from invoicing.services import invoices, payments
from invoicing.services.invoices import CorrectsADraft
from invoicing.services.payments import PaymentAlreadyReversed, SetOffAlreadyReversed
from invoicing.services.terms import record_variation
from pbr_ledger.accounts.models import Person
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted
from pbr_ledger.lifecycle import ActionNotPossible
from pbr_ledger.periods import LONDON, Month
from savings import services as savings
from savings.core.document import as_text, digest_of, statement_document
from savings.management.parties import SCENARIO_CAST, standing_clerk
from savings.models import ClosedStatement, Proposal
from savings.services import FiguresHaveChanged, Parties
from tests.cohort import sample
from tests.invoicing.model import ZERO, Bill, Model, Refusal, Transfer
from tests.savings import ledger

COMMANDS = int(os.environ.get("PBR_COMMANDS", "2000"))
PARTS = (1, 2)
RUNS_AT_ONCE = 10
STEPS_IN_A_RUN = 60
FIRST_MONTH = Month(2025, 10)
LAST_MONTH = Month(2026, 9)
REFERENCE = "Machine"
TERMS = replace(
    sample.TERMS,
    phase3=TermsPhase(date(2025, 9, 29), date(2026, 9, 29), 9_000_000),
    carer_fee_refund=(CarerFeeRefund(90, 5_000),),
    maximum_value_pence=12_000_000,
    expenses_wait_for_savings=False,
)
COUNTED: Counter[str] = Counter()
VARIATION = {"reference": "V", "maximum_value": Decimal(1), "reason": "Mine"}
REMITTANCE = {"paid_on": date(2026, 1, 1), "remittance_reference": "Mine"}
T = TypeVar("T")
Refusals = Refusal | tuple[type[LedgerError], ...]

some = st.integers(min_value=0, max_value=11)
"""Which of several, counted round."""
shares = st.sampled_from(["a penny", "half", "all", "all", "too much"])


class Machine(RuleBasedStateMachine):
    """The services driven by rules; everything of a run but the people is rolled back at its end."""

    parties: Parties
    clerk: Person

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.now = datetime(2025, 10, 1, 9, tzinfo=LONDON)
        self.contract = self._contract()
        self.model = Model(TERMS, Decimal(TERMS.maximum_value_pence) / 100)
        self.month = FIRST_MONTH
        self.proposal: Proposal | None = None
        self.proposed_digest = ""
        self.sides: set[str] = set()
        self.disputed: Any = None
        self.closed: list[Month] = []
        self.rows: dict[Month, Invoice] = {}
        self.paid: list[Payment] = []
        self.offset: list[SetOff] = []
        self.children = 0
        self.expenses = 0

    def _contract(self) -> Contract:
        contract = cohort.create_contract(
            reference=REFERENCE,
            title="Driven by a machine",
            council=self.parties.council,
            provider=self.parties.provider,
            agent=self.parties.agent,
            decision_reference="L04 25/26",
            decision_on=date(2025, 7, 29),
            by=self.parties.accountant,
            clock=self,
        )
        cohort.record_terms(contract=contract, terms=TERMS, by=self.parties.accountant, clock=self)
        return contract

    # The clock of everything here

    def read(self, *, after: datetime | None) -> datetime:
        """A microsecond later at each reading, and later than what is recorded."""
        self.now = max(self.now, after or self.now) + timedelta(microseconds=1)
        return self.now

    @property
    def today(self) -> date:
        return self.now.astimezone(LONDON).date()

    def command(self, name: str, refusal: Refusals, work: Callable[[], T]) -> T | None:
        """What came of it, or None where it met the refusal that the model expects."""
        COUNTED[name if refusal is None else f"{name}, refused"] += 1
        if refusal is None:
            return work()
        with pytest.raises(refusal):
            work()
        return None

    # Facts

    def record(self, name: str, *facts: Fact | Retraction) -> None:
        self.command(
            name,
            None,
            lambda: cohort.record(contract=self.contract, facts=facts, by=self.parties.officer, clock=self),
        )
        self.model.record(facts, self.today)

    def placement(self, which: int) -> Placement:
        return self.model.known(self.today).placements[f"C{which % self.children}-F"]

    @initialize(weekly=st.integers(min_value=500_00, max_value=3_000_00))
    def begin(self, weekly: int) -> None:
        """A first child has moved, and the claim is agreed."""
        self.move_a_child(3, weekly)
        self.decide(0, "agreed")

    @rule(
        what=st.sampled_from(["move", "decide", "reprice", "break down", "spend", "take back"]),
        which=some,
        number=st.integers(min_value=1, max_value=120),
        status=st.sampled_from(["agreed", "agreed", "agreed", "queried", "rejected"]),
    )
    def learn(self, what: str, which: int, number: int, status: str) -> None:
        """Something is recorded, decided or corrected."""
        if what == "move" and self.children < 4:
            self.move_a_child(number % 60 - 20, number * 25_00 + 500_00)
        elif what == "decide":
            self.decide(which, status)
        elif what == "reprice":
            self.reprice(which, number * 50_00)
        elif what == "break down":
            self.break_down_or_mend(which, number if which else None)
        elif what == "take back" and self.model.known(self.today).expenses:
            self.take_an_expense_back(which)
        else:
            self.spend(number * 40_01)

    def move_a_child(self, days: int, weekly: int) -> None:
        """One more child steps down; the claim is submitted."""
        name, day = f"C{self.children}", self.month.first_day + timedelta(days=days)
        self.children += 1
        price = Rate(date(2024, 3, 11), 710_000)
        home = Placement(f"{name}-R", name, "residential", price.start, day, "planned", None, (price,))
        family = Placement(f"{name}-F", name, "fostering_in_house", day, None, None, f"H{name}", (Rate(day, weekly),))
        self.record(
            "record",
            Child(name, date(2025, 8, 4), None, (price,)),
            home,
            Household(f"H{name}", "provider", day - timedelta(days=20)),
            family,
            Claim(f"{name}-T", f"{name}-F", "submitted"),
        )
        cohort.agree_recorded_baseline(
            contract=self.contract, child=name, rates=(price,), by=self.parties.provider_staff, clock=self
        )

    def decide(self, which: int, status: str) -> None:
        """The council decides a claim, once more if it likes."""
        name = f"C{which % self.children}"
        claim = Claim(f"{name}-T", f"{name}-F", status)
        self.command(
            "claim",
            None,
            lambda: cohort.set_claim_status(
                contract=self.contract, claim=claim.id, status=status, by=self.parties.officer, clock=self
            ),
        )
        self.model.record([claim], self.today)

    def reprice(self, which: int, weekly: int) -> None:
        """The price of a family placement is corrected, from its first day."""
        placement = self.placement(which)
        self.record("correct", replace(placement, costs=(Rate(placement.start, weekly),)))

    def break_down_or_mend(self, which: int, nights: int | None) -> None:
        """A placement broke down so many nights after its start; or it turns out that it never did."""
        placement = self.placement(which)
        until = None if nights is None else placement.start + timedelta(days=nights)
        self.record("correct", replace(placement, until=until, ended="breakdown" if until else None))

    def spend(self, pence: int) -> None:
        """An expense of the month."""
        self.expenses += 1
        self.record("record", Expense(f"E{self.expenses}", self.month.first_day, "mileage", pence, "Miles"))

    def take_an_expense_back(self, which: int) -> None:
        """An expense was recorded in error."""
        known = sorted(self.model.known(self.today).expenses)
        self.record("correct", Retraction("expense", known[which % len(known)]))

    # Those who may not

    @rule(tries=st.lists(st.tuples(some, some), min_size=2, max_size=6))
    def trespass(self, tries: list[tuple[int, int]]) -> None:
        """Somebody tries what is not theirs to do, whatever the state of things."""
        for who, what in tries:
            name, people, work = self._trespasses()[what % len(self._trespasses())]
            by = people[who % len(people)]
            self.command(name, (NotPermitted, NotFound), partial(work, by=by, clock=self))

    def _trespasses(self) -> list[tuple[str, list[Person], Callable[..., object]]]:
        """What can be tried now, and by whom it is in vain."""
        of, contract = self.parties, self.contract
        provider, council, agent = [of.provider_staff], [of.accountant, of.officer, of.second_officer], [self.clerk]
        home = Placement("C9", "C0", "other", date(2026, 1, 1), None, None, None, (Rate(date(2026, 1, 1), 1),))
        tried: list[tuple[str, list[Person], Callable[..., object]]] = [
            ("record", provider + agent, partial(cohort.record, contract=contract, facts=[home])),
            ("propose", provider + agent, partial(savings.propose, contract=contract, month=self.month)),
            (
                "claim",
                provider + agent,
                partial(cohort.set_claim_status, contract=contract, claim="C0-T", status="agreed"),
            ),
            ("vary", provider + agent + council[1:], partial(record_variation, contract=contract, **VARIATION)),
        ]
        if self.proposal is not None:
            tried.append(("agree", [of.officer, *agent], partial(savings.agree, proposal=self.proposal)))
            tried.append(("close", provider + agent + council[1:], partial(savings.close, proposal=self.proposal)))
        if self.rows:
            invoice = next(reversed(self.rows.values()))
            tried += [
                ("issue", council + agent, partial(invoices.issue, invoice=invoice)),
                ("approve", provider + agent + [of.officer], partial(invoices.approve, invoice=invoice)),
                ("hold", provider + agent, partial(invoices.hold, invoice=invoice, reason="Mine")),
                (
                    "repay",
                    provider + council,
                    partial(payments.repay_credit, credit_note=invoice, amount=Decimal(1), **REMITTANCE),
                ),
            ]
        if self.paid:
            tried.append(
                (
                    "reverse",
                    provider + council,
                    partial(payments.reverse_payment, payment=self.paid[-1], reason="Mine"),
                )
            )
        return tried

    # The month

    @precondition(lambda self: self.proposal is None and self.month <= LAST_MONTH)
    @rule()
    def propose(self) -> None:
        """The month is over, and its figures are put to both parties."""
        self.now = max(self.now, datetime.combine(self.month.plus(1).first_day, datetime.min.time(), LONDON))
        document = statement_document(self.model.result(self.month, self.today))
        digest = digest_of(REFERENCE, document)
        if self.disputed is not None and digest == self.proposed_digest:
            self.command("withdraw", None, self._withdraw)
        self.proposal = self.command(
            "propose",
            None,
            lambda: savings.propose(contract=self.contract, month=self.month, by=self.parties.officer, clock=self),
        )
        assert self.proposal is not None
        assert self.proposal.digest == digest
        self.proposed_digest, self.sides, self.disputed = digest, set(), None

    def _withdraw(self) -> None:
        savings.withdraw_dispute(dispute=self.disputed, by=self.parties.provider_staff, clock=self)

    def figures_changed(self) -> bool:
        document = statement_document(self.model.result(self.month, self.today))
        return digest_of(REFERENCE, document) != self.proposed_digest

    @precondition(lambda self: self.month <= LAST_MONTH)
    @rule(steps=st.sampled_from([1, 2, 3, 3, 4, 4]), how=shares)
    def a_month_goes_by(self, steps: int, how: str) -> None:
        """Everything in its usual order: proposed, agreed, closed, then drafted, issued, approved, paid so far."""
        if self.proposal is None:
            self.propose()
        self.close(1)
        acts: list[Callable[..., None]] = [self.issue, partial(self.approve, proposer=1)]
        acts.append(partial(self.pay, other=1, how=how, how_other=how, days=10))
        if self.closed:
            self.draft(which=1)
        for act in acts[: steps - 1] if self.model.bills else ():
            act(which=1)

    @precondition(lambda self: self.proposal is not None)
    @rule(side=st.sampled_from(["council", "provider"]))
    def agree(self, side: str) -> None:
        """One side agrees."""
        self.agree_for(side)

    def agree_for(self, side: str) -> None:
        """The side agrees, if it has not, and if the figures are still the same."""
        if side in self.sides:
            return
        by = self.parties.second_officer if side == "council" else self.parties.provider_staff
        changed = FiguresHaveChanged if self.figures_changed() else None
        self.command("agree", changed, lambda: savings.agree(proposal=self.proposal, by=by, clock=self))
        if changed:
            self.proposal = None
        else:
            self.sides.add(side)

    @precondition(lambda self: self.proposal is not None)
    @rule(chance=some)
    def dispute(self, chance: int) -> None:
        """The provider disputes a line, now and then."""
        if chance:
            return
        self.disputed = self.command(
            "dispute",
            None,
            lambda: savings.dispute(
                proposal=self.proposal, about="C0", reason="Wrong", by=self.parties.provider_staff, clock=self
            ),
        )
        self.proposal = None

    @precondition(lambda self: self.proposal is not None)
    @rule(chance=some)
    def close(self, chance: int) -> None:
        """The month is closed on what both agreed, with the model's very document; or too early, now and then."""
        for side in ("council", "provider") if chance else ():
            if self.proposal is not None:
                self.agree_for(side)
        if self.proposal is not None:
            self._close()

    def _close(self) -> None:
        result = self.model.result(self.month, self.today)
        refusal: Refusal = FiguresHaveChanged if self.figures_changed() else None
        if len(self.sides) < 2:
            refusal = savings.AgreementMissing
        closed = self.command(
            "close",
            refusal,
            lambda: savings.close(
                proposal=self.proposal, by=self.parties.accountant, clock=self, skipping_because="Nobody was placed."
            ),
        )
        if closed is not None:
            assert closed.document == as_text(statement_document(result), compact=True)
            self.model.close(result)
            self.closed.append(self.month)
            self.month = self.month.plus(1)
        if refusal is not savings.AgreementMissing:
            self.proposal = None

    # Invoices

    def row(self, bill: Bill) -> Invoice:
        """The invoice as it was drafted: the services look at it afresh."""
        return self.rows[bill.month]

    def bill(self, which: int) -> Bill:
        bills = list(self.model.bills.values())
        return bills[which % len(bills)]

    def bill_in(self, status: str, which: int) -> Bill:
        """One in the status, mostly; any other now and then."""
        bills = [each for each in self.model.bills.values() if each.status == status]
        return bills[which % len(bills)] if bills and which else self.bill(which)

    @precondition(lambda self: self.closed)
    @rule(which=some)
    def draft(self, which: int) -> None:
        """A closed month is drafted, for the first time or again."""
        waiting = [month for month in self.closed if month not in self.model.bills] if which else []
        month = (waiting or self.closed)[which % len(waiting or self.closed)]
        statement = ClosedStatement.objects.select_related("contract", "proposal").get(
            contract=self.contract, month_start=month.first_day
        )
        made = self.command("draft", None, lambda: invoices.draft_from_statement(statement=statement, clock=self))
        if made is not None:
            self.rows.setdefault(month, made)
        corrects = [self.model.bills[each.statement.month] for each in made.corrects.all()] if made else []
        bill = self.model.draft(month, corrects)
        assert (made is None) == (bill is None)
        if made is not None and bill is not None:
            assert (made.kind == "credit_note", made.gross) == (bill.is_credit, bill.gross)
            others = [each for each in self.model.bills.values() if not each.is_credit and each.month < month]
            assert bool(corrects) == (bill.is_credit and bool(others))

    @precondition(lambda self: self.model.bills)
    @rule(which=some)
    def issue(self, which: int) -> None:
        """An invoice is issued by the provider."""
        bill = self.bill_in("draft", which)
        refusal: Refusal = None if bill.status == "draft" else ActionNotPossible
        if any(each.status == "draft" for each in bill.corrects):
            refusal = CorrectsADraft
        made = self.command(
            "issue",
            refusal,
            lambda: invoices.issue(invoice=self.row(bill), by=self.parties.provider_staff, clock=self),
        )
        if made is not None:
            self.model.issue(bill, self.today)
            assert (made.number, made.issued_on) == (bill.number, bill.issued_on)

    @precondition(lambda self: self.model.bills)
    @rule(which=some, proposer=some)
    def approve(self, which: int, proposer: int) -> None:
        """An invoice is approved by the second officer; now and then the proposer tries."""
        bill = self.bill_in("issued", which)
        by = self.parties.second_officer if proposer else self.parties.officer
        refusal = self.model.refuses_approval(bill) if proposer else NotPermitted
        made = self.command("approve", refusal, lambda: invoices.approve(invoice=self.row(bill), by=by, clock=self))
        if made is not None:
            bill.status = "approved"

    @precondition(lambda self: self.model.bills)
    @rule(which=some, action=st.sampled_from(["hold", "release", "release"]))
    def hold_or_release(self, which: int, action: str) -> None:
        """An invoice is held, or released."""
        bill = self.bill_in("issued" if action == "hold" else "held", which)
        step = invoices.hold if action == "hold" else invoices.release
        refusal = None if bill.status == ("issued" if action == "hold" else "held") else ActionNotPossible
        self.command(
            action,
            refusal,
            lambda: step(invoice=self.row(bill), reason="To be looked at", by=self.parties.accountant, clock=self),
        )
        if refusal is None:
            bill.status = "held" if action == "hold" else "issued"

    @precondition(lambda self: self.model.approved > self.model.maximum * 7 / 10)
    @rule()
    def vary(self) -> None:
        """The contract is varied: it may come to more."""
        self.model.maximum += 50_000
        self.command(
            "vary",
            None,
            lambda: record_variation(
                contract=self.contract,
                reference="V",
                maximum_value=self.model.maximum,
                reason="More children",
                by=self.parties.accountant,
                clock=self,
            ),
        )

    # Money

    def share(self, bill: Bill, how: str) -> Decimal:
        """So much of what is left."""
        sizes = {
            "a penny": Decimal("0.01"),
            "half": max(round(bill.left / 2, 2), Decimal("0.01")),
            "all": bill.left or Decimal("0.01"),
            "too much": bill.left + Decimal("0.01"),
        }
        return sizes[how]

    @precondition(lambda self: any(bill.is_approved for bill in self.model.bills.values()))
    @rule(which=some, other=some, how=shares, how_other=shares, days=st.integers(min_value=0, max_value=40))
    def pay(self, which: int, other: int, how: str, how_other: str, days: int) -> None:
        """The agent pays one invoice or two."""
        self.now += timedelta(hours=days)
        chosen = {id(bill): (bill, self.share(bill, each)) for bill, each in self._two(which, other, how, how_other)}
        parts = list(chosen.values())
        refusals = [found for bill, amount in parts if (found := bill.refuses(amount, credit=False))]
        rows = [(self.row(bill), amount) for bill, amount in parts]
        made = self.command(
            "pay",
            refusals[0] if refusals else None,
            lambda: payments.record_payment(
                contract=self.contract,
                amount=sum((amount for _, amount in rows), ZERO),
                paid_on=self.today,
                remittance_reference="BACS",
                allocations=rows,
                by=self.clerk,
                clock=self,
            ),
        )
        if made is not None:
            self._moved(made, Transfer(False, parts))

    def _two(self, which: int, other: int, how: str, how_other: str) -> list[tuple[Bill, str]]:
        second = [(self.bill(other), how_other)] if other % 3 == 0 else []
        owed = [bill for bill in self.model.bills.values() if bill.refuses(ZERO, credit=False) is None]
        return [(owed[which % len(owed)] if owed and which else self.bill(which), how), *second]

    def _moved(self, made: Payment, transfer: Transfer) -> None:
        for bill, amount in transfer.shares:
            bill.settle(amount)
        self.paid.append(made)
        self.model.transfers.append(transfer)

    @precondition(lambda self: any(bill.is_credit for bill in self.model.bills.values()))
    @rule(which=some, against=some, how=shares)
    def set_off(self, which: int, against: int, how: str) -> None:
        """Credit is set off against an invoice."""
        credits_ = [bill for bill in self.model.bills.values() if bill.is_credit]
        credit, owed = credits_[which % len(credits_)], self.bill(against)
        amount = self.share(min(credit, owed, key=lambda bill: bill.left), how)
        refusal = credit.refuses(amount, credit=True) or owed.refuses(amount, credit=False)
        made = self.command(
            "set off",
            refusal,
            lambda: payments.set_off(
                credit_note=self.row(credit), invoice=self.row(owed), amount=amount, by=self.clerk, clock=self
            ),
        )
        if made is not None:
            credit.settle(amount)
            owed.settle(amount)
            self.offset.append(made)
            self.model.set_offs.append(Transfer(True, [(credit, amount), (owed, amount)]))

    @precondition(lambda self: self.offset)
    @rule(which=some)
    def take_back(self, which: int) -> None:
        """Credit was set off in error."""
        place = which % len(self.offset)
        transfer = self.model.set_offs[place]
        self.command(
            "take back",
            None if transfer.open else SetOffAlreadyReversed,
            lambda: payments.reverse_set_off(made=self.offset[place], reason="In error", by=self.clerk, clock=self),
        )
        transfer.take_back()

    @precondition(lambda self: any(bill.is_credit for bill in self.model.bills.values()))
    @rule(which=some, how=shares)
    def repay(self, which: int, how: str) -> None:
        """The provider pays credit back."""
        credits_ = [bill for bill in self.model.bills.values() if bill.is_credit]
        credit = credits_[which % len(credits_)]
        amount = self.share(credit, how)
        made = self.command(
            "repay",
            credit.refuses(amount, credit=True),
            lambda: payments.repay_credit(
                credit_note=self.row(credit),
                amount=amount,
                paid_on=self.today,
                remittance_reference="BACK",
                by=self.clerk,
                clock=self,
            ),
        )
        if made is not None:
            self._moved(made, Transfer(True, [(credit, amount)]))

    @precondition(lambda self: self.paid)
    @rule(which=some)
    def reverse(self, which: int) -> None:
        """A payment was recorded in error."""
        place = which % len(self.paid)
        transfer = self.model.transfers[place]
        self.command(
            "reverse",
            None if transfer.open else PaymentAlreadyReversed,
            lambda: payments.reverse_payment(payment=self.paid[place], reason="In error", by=self.clerk, clock=self),
        )
        transfer.take_back()

    # What must hold

    def teardown(self) -> None:
        """Compare everything with the model, ask the checks of the ledger, and leave no row."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._compare_invoices()
            self._compare_books()
            assert list(check_everything(self.contract)) == []
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    def _compare_invoices(self) -> None:
        rows = Invoice.objects.filter(contract=self.contract).select_related("statement")
        kept = {row.statement.month: (row.status, row.number, row.gross, row.settled) for row in rows}
        assert kept == {
            month: (bill.status, bill.number, bill.gross, bill.settled) for month, bill in self.model.bills.items()
        }

    def _compare_books(self) -> None:
        balances = {
            each.code: each.balance
            for each in trial_balance(of=self.contract, on=date(2099, 1, 1), as_known_at=self.now)
        }
        expenses = sum((balances.get(code, ZERO) for code in ("5100", "5110", "5120", "5130")), ZERO)
        assert expenses == self.model.approved
        assert balances.get("2100", ZERO) == self.model.paid - self.model.approved
        assert balances.get("2200", ZERO) == -self.model.paid
        assert sum(balances.values(), ZERO) == 0


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_services_do_what_the_model_says_and_the_ledger_stays_sound(
    db: None, capsys: pytest.CaptureFixture[str], part: int
) -> None:
    number = int(os.environ.get("PBR_SEED", "0")) or random.randrange(1, 2**32)
    with capsys.disabled():
        print(f"\npart {part}: PBR_SEED={number}", file=sys.stderr)
    Machine.parties = ledger.parties()
    Machine.clerk = standing_clerk(parties=Machine.parties, cast=SCENARIO_CAST)
    COUNTED.clear()
    seeds = random.Random(f"{number} {part}")
    began, worked = time.monotonic(), time.process_time()
    while COUNTED.total() < COMMANDS // len(PARTS):
        run_some(seeds.randrange(2**32))
    seconds, busy = time.monotonic() - began, time.process_time() - worked
    refused = sum(times for name, times in COUNTED.items() if name.endswith("refused"))
    with capsys.disabled():
        told = f"{COUNTED.total()} commands ({refused} refused) in {seconds:.0f} s, {busy:.0f} s of them this process"
        print(f"part {part}: {told}: {dict(sorted(COUNTED.items()))}", file=sys.stderr)
    assert {"close", "issue", "approve", "pay"} <= set(COUNTED)


def run_some(number: int) -> None:
    """Some contracts, each from its first fact to the checks of the ledger."""
    run_state_machine_as_test(
        seed(number)(Machine),
        settings=settings(
            max_examples=RUNS_AT_ONCE,
            stateful_step_count=STEPS_IN_A_RUN,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
