"""What a reconciliation report is made from: one plain value, with nothing of the database in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cohort.core.facts import Expense
from pbr_ledger.periods import Month
from savings.core.results import CarerFee, Charges, PricedNights, Statement


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did something to the statement, in which capacity, for whom, and when."""

    side: str
    name: str
    role: str
    organisation: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """What an earlier closed statement charged."""

    month: Month
    charges: Charges


@dataclass(frozen=True, slots=True)
class Before:
    """What the last closed statement rested on, so that this one can say what is new and what has changed.

    `fees` holds the fixed fee of each month as it was then, `carer_fees` what was due for each household less any
    refund, `expenses` the amount of each expense charged; all in pence.
    """

    fees: Mapping[Month, int] = field(default_factory=dict)
    carer_fees: Mapping[str, int] = field(default_factory=dict)
    expenses: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, statement: Statement) -> "Before":
        """The same, of the statement that was closed last."""
        return cls(
            fees={fee.month: fee.fee_pence for fee in statement.months},
            carer_fees={fee.household: net_carer_fee(fee) for fee in statement.carer_fees},
            expenses=dict(statement.expenses),
        )


def net_carer_fee(fee: CarerFee) -> int:
    """A household's fee less what comes back of it, in pence (docs/contract.md 7.3)."""
    return fee.amount_pence - (fee.refund.amount_pence if fee.refund else 0)


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything a reconciliation report shows.

    `closed` are the statements closed before this one, in order; `nights` why each line of the statement saves what
    it saves; `expenses` the facts of the expenses charged, by id; `remarks` what was recorded on closing (a month
    skipped, a side that stayed silent), one sentence each. `document_json` is the result document, attached as it
    is. `digest` is the hash both sides agreed to, `audit_head` the last entry of the audit log on closing.
    """

    contract_reference: str
    contract_title: str
    decision: str
    council: str
    provider: str
    paying_agent: str
    statement: Statement
    closed: tuple[ClosedMonth, ...]
    before: Before
    nights: tuple[PricedNights, ...]
    expenses: Mapping[str, Expense]
    proposed_by: Signature
    agreements: tuple[Signature, ...]
    closed_by: Signature
    closed_at: datetime
    known_at: datetime
    digest: str
    audit_head: str
    document_json: str
    release: str
    remarks: tuple[str, ...] = ()

    @property
    def month(self) -> Month:
        """The month that the statement reconciles."""
        return self.statement.month

    @property
    def attachment_name(self) -> str:
        """What the attached result document is called: `statement-2026-04.json`."""
        return f"statement-{self.month}.json"
