"""How long contracts are kept: which are due to be erased, and what an erased one keeps."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from cohort.models import Child, Claim, Contract, Erasure, Household
from cohort.queries.evidence import evidence_in
from pbr_ledger.audit.chain import canonical
from pbr_ledger.words import count_shown
from savings.models import ClosedStatement

OWNER = "owner"
"""The connection that may destroy; the application's own may not."""


@dataclass(frozen=True, slots=True)
class KeptUntil:
    """A contract's end, the first day on which it may be erased, and what stands where it was.

    `ends_on` and `due_on` are None for a contract without terms, which is never due.
    """

    contract: Contract
    ends_on: date | None
    due_on: date | None
    today: date
    erasure: Erasure | None

    @property
    def is_due(self) -> bool:
        """Its time is over, and it is not erased yet."""
        return self.erasure is None and self.due_on is not None and self.due_on <= self.today


def kept_until(contract: Contract) -> KeptUntil:
    """Until when the contract is kept, by the database's own reckoning: the tables' owner alone may ask."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT retention_ends_on(%s), (retention_ends_on(%s) + make_interval(years => %s))::date, "
            "retention_today()",
            [contract.pk, contract.pk, settings.RETENTION_YEARS],
        )
        ends_on, due_on, today = cursor.fetchone()
    return KeptUntil(contract, ends_on, due_on, today, Erasure.objects.filter(contract=contract).first())


def held_of(contract: Contract) -> str:
    """How much there is to destroy, in a few words."""
    counted = (
        (Child.objects.filter(contract=contract).count(), "child", "children"),
        (Claim.objects.filter(contract=contract).count(), "claim", "claims"),
        (Household.objects.filter(contract=contract).count(), "carer household", "carer households"),
        (evidence_in(contract).count(), "file", "files"),
    )
    return ", ".join(count_shown(count, one, many) for count, one, many in counted)


def totals_digest(contract: Contract, using: str = DEFAULT_DB_ALIAS) -> str:
    """The SHA-256, in hexadecimal, of every closed statement's month, digest and document as they are now."""
    rows = ClosedStatement.objects.using(using).filter(contract=contract).order_by("month_start")
    said = [[f"{start:%Y-%m}", digest, text] for start, digest, text in rows.values_list(*TOTALS)]
    return hashlib.sha256(canonical({"statements": said}).encode()).hexdigest()


TOTALS = ("month_start", "digest", "document")


def backups_before(folder: Path, erasure: Erasure) -> Sequence[Path]:
    """The backups in the folder that were made before the erasure, by their names: they hold what it destroyed."""
    moment = f"ledger-{erasure.erased_at:%Y%m%dT%H%M%SZ}"
    return sorted(path for path in folder.glob("ledger-*.tar*") if path.name.partition(".")[0] <= moment)
