"""What is kept of a contract whose children, carers and files were destroyed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cohort.models import Contract, Erasure
from cohort.queries.erasures import ContractErased
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.words import day_shown, digest_short, month_shown
from savings.models import ClosedStatement
from savings.queries import closed_statements


@dataclass(frozen=True, slots=True)
class MonthKept:
    """The totals of a closed month, and the digest to which both sides agreed."""

    month: str
    savings: str
    charged: str
    charged_to_date: str
    digest: str


def erased_page(contract: Contract, erasure: Erasure) -> Mapping[str, object]:
    """When and why the contract was erased, and the totals of its months."""
    return {
        "said": str(ContractErased(contract, erasure)),
        "ended": day_shown(erasure.ends_on),
        "due": day_shown(erasure.due_on),
        "months": [_kept(closed) for closed in closed_statements(contract)],
    }


def _kept(closed: ClosedStatement) -> MonthKept:
    totals = json.loads(closed.document)
    savings, charged, to_date = (
        pounds_shown(pence_of(Decimal(totals[name]))) for name in ("savings_in_month", "total", "charged_to_date")
    )
    return MonthKept(month_shown(closed.month), savings, charged, to_date, digest_short(closed.digest))
