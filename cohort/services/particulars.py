"""What a contract is called and by which decision it was made, corrected; what was closed or issued keeps its copy."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date

from django.db import transaction

from cohort.models import Contract
from cohort.queries.contracts import corrections_of
from cohort.rules import is_party, may_correct_contract
from cohort.services.contracts import locked, stream_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused


class ContractCorrectedMeanwhile(LedgerError):
    """Somebody else has corrected the contract since its page was opened; nothing was overwritten."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """Title and decision. A contract's reference is in the names of its papers, so that it and the parties stay."""

    title: str
    decision_reference: str
    decision_on: date

    @classmethod
    def of(cls, contract: Contract) -> "Particulars":
        """Those that are recorded of the contract now."""
        return cls(contract.title, contract.decision_reference, contract.decision_on)


@transaction.atomic
def correct_contract(
    *, contract: Contract, particulars: Particulars, reason: str, corrections_seen: int, by: Person, clock: Clock
) -> Contract:
    """The contract with these particulars from now on; closed statements and issued invoices keep theirs.

    Raises `NotFound` to outsiders, `NotPermitted` to others than the council's Lead Accountant, `Refused` for what is
    empty, too long or changes nothing, and `ContractCorrectedMeanwhile` where there are more corrections than seen.
    """
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")
    if not may_correct_contract(by, contract):
        raise NotPermitted("Only the council’s Lead Accountant corrects a contract.")
    row = locked(contract, erased_too=True)
    if len(corrections_of(row)) != corrections_seen:
        raise ContractCorrectedMeanwhile("Somebody has corrected this contract since the page was opened. Look again.")
    changed = _changed(Particulars.of(row), particulars)
    if problems := [*_problems(particulars, reason), *_nothing(changed)]:
        raise Refused(problems)
    Contract.objects.filter(pk=row.pk).update(**asdict(particulars))
    detail = {"changed": changed, "reason": reason}
    at, stream = clock.read(after=None), stream_of(row)
    audit.record(stream=stream, by=by, action="contract.corrected", subject=row.reference, detail=detail, at=at)
    row.refresh_from_db()
    return row


def _changed(before: Particulars, after: Particulars) -> dict[str, list[str]]:
    """For each particular that differs, what it was and what it is."""
    pairs = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in fields(Particulars))
    return {name: [str(was), str(now)] for name, was, now in pairs if was != now}


def _nothing(changed: dict[str, list[str]]) -> Iterator[Problem]:
    if not changed:
        yield Problem("particulars", "Nothing differs from what is recorded.")


def _problems(particulars: Particulars, reason: str) -> Iterator[Problem]:
    texts = (("title", particulars.title, 200), ("decision_reference", particulars.decision_reference, 100))
    for place, text, most in (*texts, ("reason", reason, 500)):
        if not text.strip() or "\0" in text:
            yield Problem(place, "must not be empty")
        elif len(text) > most:
            yield Problem(place, f"must be at most {most} characters")
