"""What the parties are told of claims and baselines, in the transaction of the change: never of which child."""

from datetime import datetime

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.notices.registry import NoticeKind
from pbr_ledger.notices.services import announce
from pbr_ledger.words import count_shown

CLAIMS = NoticeKind(
    key="claims",
    title="Claims and baselines",
    hint="A claim is submitted, queried, answered or decided; a baseline is proposed or answered.",
    permissions=frozenset({"decide_claim", "record_provider_facts"}),
    place=40,
)


def tell_of_claim(contract: Contract, key: int, what: str, *, by: Person, at: datetime) -> None:
    """Tell both parties what happened to the claim with that key."""
    _tell(contract, what, "claim", [contract.pk, key], by, at)


def tell_of_baseline(contract: Contract, key: int, what: str, *, by: Person, at: datetime) -> None:
    """Tell both parties what happened to the baseline of the child with that key."""
    _tell(contract, what, "baseline", [contract.pk, key], by, at)


def tell_of_import(contract: Contract, *, claims: int, baselines: int, by: Person, at: datetime) -> None:
    """Tell both parties how many claims and proposed baselines came in a file; nothing where none did."""
    if claims:
        _tell(contract, f"{count_shown(claims, 'claim is', 'claims are')} imported", "claims", [contract.pk], by, at)
    if baselines:
        said = f"{count_shown(baselines, 'baseline is', 'baselines are')} proposed"
        _tell(contract, said, "baselines", [contract.pk], by, at)


def _tell(contract: Contract, what: str, page: str, parts: list[int], by: Person, at: datetime) -> None:
    announce(
        kind=CLAIMS.key,
        about=contract.reference,
        text=what,
        page=page,
        parts=parts,
        organisations=[contract.council_id, contract.provider_id],
        by=by,
        at=at,
    )
