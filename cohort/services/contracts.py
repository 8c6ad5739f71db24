"""Contracts: made once, locked by everything that is recorded about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import DatabaseError, IntegrityError, connection, transaction

from cohort.models import Contract
from cohort.queries.erasures import refuse_erased
from cohort.rules import may_create_contract
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.roles import AGENT, COUNCIL, PROVIDER
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotPermitted, Problem, Refused


class RefusedByDatabase(LedgerError):
    """A constraint of the database refused what the rules had let through; `constraint` is its name."""

    def __init__(self, constraint: str, message: str) -> None:
        super().__init__(f"The database refused this ({constraint}): {message}")
        self.constraint = constraint


@transaction.atomic
def create_contract(
    *,
    reference: str,
    title: str,
    council: Organisation,
    provider: Organisation,
    agent: Organisation,
    decision_reference: str,
    decision_on: date,
    by: Person,
    clock: Clock,
) -> Contract:
    """A new contract between the three parties, without terms or facts yet; only its council makes it.

    Raises `NotPermitted` to others than its Lead Accountant, and `Refused` for a reference in use or for parties of
    the wrong kind.
    """
    if by.organisation_id != council.pk or not may_create_contract(by):
        raise NotPermitted("Only the council’s Lead Accountant makes a contract.")
    parties = {COUNCIL: council, PROVIDER: provider, AGENT: agent}
    if problems := [*_reference_problems(reference), *_party_problems(parties)]:
        raise Refused(problems)
    contract = Contract.objects.create(
        reference=reference,
        title=title,
        council=council,
        provider=provider,
        agent=agent,
        decision_reference=decision_reference,
        decision_on=decision_on,
    )
    names = {kind: organisation.reference for kind, organisation in parties.items()}
    detail = {**names, "title": title, "decision": decision_reference, "decided": decision_on.isoformat()}
    at = clock.read(after=None)
    audit.record(stream=stream_of(contract), by=by, action="contract.created", subject=reference, detail=detail, at=at)
    return contract


def _reference_problems(reference: str) -> Iterator[Problem]:
    if not reference.strip() or "\0" in reference:
        yield Problem("reference", "must not be empty")
    elif not reference.isprintable():
        yield Problem("reference", "must be one line of visible characters: it stands in the subjects of mails")
    elif Contract.objects.filter(reference=reference).exists():
        yield Problem("reference", f"there is a contract {reference} already")


def _party_problems(parties: dict[str, Organisation]) -> Iterator[Problem]:
    for kind, organisation in parties.items():
        if organisation.kind != kind:
            yield Problem(kind, f"{organisation.name} is no {kind}")


def stream_of(contract: Contract) -> str:
    """The audit stream of everything about the contract."""
    return f"contract:{contract.reference}"


def locked(contract: Contract, *, erased_too: bool = False) -> Contract:
    """The contract's row, locked until the transaction ends: whatever else is recorded about it waits.

    Stamp only after this: a stamp taken before the lock could be committed after a later cut-off. Raises
    `ContractErased`, unless what follows needs no children or carers: `erased_too`.
    """
    row = Contract.objects.select_related("erasure").select_for_update(of=("self",)).get(pk=contract.pk)
    if not erased_too:
        refuse_erased(row)
    return row


def next_stamp(contract: Contract, clock: Clock) -> datetime:
    """The next instant for something about the locked contract, later than all before; `keep_stamp` has to follow."""
    contract.last_stamped_at = clock.read(after=contract.last_stamped_at)
    return contract.last_stamped_at


def keep_stamp(contract: Contract) -> None:
    """Keep the last stamp of the locked contract, after all rows that carry one are written."""
    Contract.objects.filter(pk=contract.pk).update(last_stamped_at=contract.last_stamped_at)


@contextmanager
def checked_at_once() -> Iterator[None]:
    """A transaction whose deferred constraints are checked at its end, also inside a larger one.

    Raises `RefusedByDatabase` with the name of the constraint, everything in it undone.
    """
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise _named(error) from error


def _named(error: DatabaseError) -> RefusedByDatabase:
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or "unnamed"
    return RefusedByDatabase(constraint, getattr(diagnosis, "message_primary", None) or str(error))
