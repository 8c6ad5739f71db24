"""Posting to the books: every entry of every room goes through here."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from cohort.models import Contract
from cohort.services import keep_stamp, locked, stream_of
from invoicing.core.calendar import Period
from invoicing.core.entries import REVERSAL, STATEMENT, Leg, mirrored, statement_legs, total_of
from invoicing.models import Account, ContractBalance, JournalEntry, Posting
from invoicing.queries.ledger import last_closed_period, limits_of, posting_day
from invoicing.services.ground import OverCap, OverMaximum, stamp
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import DATABASE_CLOCK, Clock
from pbr_ledger.errors import LedgerError
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.words import day_shown, month_shown
from savings.models import ClosedStatement
from savings.queries import closed_statements


class Unbalanced(LedgerError):
    """The legs make no entry: too few, an amount not above zero, or two sides that differ."""


class PeriodClosed(LedgerError):
    """The accounting period of the effective day takes no more postings."""


class AlreadyPosted(LedgerError):
    """There is an entry for this already."""


class AlreadyReversed(LedgerError):
    """The entry was reversed before, or is itself a reversal."""


def post(
    *,
    contract: Contract,
    key: str,
    kind: str,
    narrative: str,
    effective_on: date,
    legs: Sequence[Leg],
    by: Person | None,
    at: datetime,
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """The entry just added to the books of the contract, whose row the caller has locked.

    `key` names what the entry is for, once a contract; `at` is the contract's last stamp, or a later one. Raises
    `Unbalanced`, `PeriodClosed` and `AlreadyPosted`.
    """
    try:
        total = total_of(legs)
    except ValueError as error:
        raise Unbalanced(str(error)) from error
    _require_open(contract, effective_on)
    if JournalEntry.objects.filter(contract=contract, key=key).exists():
        raise AlreadyPosted(f"{contract.reference} has an entry for {key} already.")
    number = _next_number(contract)
    entry = JournalEntry.objects.create(
        contract=contract,
        number=number,
        key=key,
        kind=kind,
        narrative=narrative,
        effective_on=effective_on,
        recorded_at=at,
        recorded_by=by,
        leg_count=len(legs),
        total=total,
        reverses=reverses,
    )
    _add_legs(entry, legs)
    ContractBalance.objects.filter(pk=contract.pk).update(last_entry_number=number)
    _note_stamp(contract, at)
    return entry


def _require_open(contract: Contract, day: date) -> None:
    last = last_closed_period(contract.council_id)
    if last is not None and Period.of(day) <= last:
        raise PeriodClosed(f"Nothing can be posted to {day_shown(day)}: {last} is closed, and everything before it.")


def _next_number(contract: Contract) -> int:
    row = ContractBalance.objects.filter(pk=contract.pk).values_list("last_entry_number", flat=True).first()
    return (balance_of(contract).last_entry_number if row is None else row) + 1


def _add_legs(entry: JournalEntry, legs: Sequence[Leg]) -> None:
    keys = dict(Account.objects.filter(code__in={leg.account for leg in legs}).values_list("code", "pk"))
    Posting.objects.bulk_create(
        Posting(entry=entry, account_id=keys[leg.account], side=leg.side, amount=leg.amount) for leg in legs
    )


def _note_stamp(contract: Contract, at: datetime) -> None:
    if contract.last_stamped_at is None or contract.last_stamped_at < at:
        contract.last_stamped_at = at
        keep_stamp(contract)


def reverse(
    *, entry: JournalEntry, narrative: str, effective_on: date, by: Person | None, clock: Clock
) -> JournalEntry:
    """The one entry that takes this one back, leg by leg; who may ask for it is the caller's to say.

    Raises `AlreadyReversed` the second time and for a reversal, and `PeriodClosed`.
    """
    with transaction.atomic():
        contract = locked(entry.contract, erased_too=True)
        if entry.reverses_id is not None or JournalEntry.objects.filter(reverses=entry).exists():
            raise AlreadyReversed(f"Entry {entry.number} of {contract.reference} is reversed, or a reversal.")
        at = stamp(contract, clock)
        made = post(
            contract=contract,
            key=f"{REVERSAL} of {entry.key}",
            kind=REVERSAL,
            narrative=narrative,
            effective_on=effective_on,
            legs=mirrored(legs_of(entry)),
            by=by,
            at=at,
            reverses=entry,
        )
        detail = {"entry": made.number, "reverses": entry.number, "narrative": narrative}
        subject = f"{contract.reference} entry {made.number}"
        audit.record(stream=stream_of(contract), by=by, action="entry.reversed", subject=subject, detail=detail, at=at)
        return made


def legs_of(entry: JournalEntry) -> tuple[Leg, ...]:
    """The legs of an entry as values, in the order in which they were posted."""
    rows = entry.postings.order_by("pk").values_list("account__code", "side", "amount")
    return tuple(Leg(*row) for row in rows)


def balance_of(contract: Contract) -> ContractBalance:
    """The contract's running row, locked, its limits those of the terms and variations known now.

    Made on first use. A limit that has fallen below what stands approved is that: nothing more can then be approved.
    The contract's row is locked by the caller. Raises `NoTermsKnown`.
    """
    limits = limits_of(contract, at=contract.last_stamped_at or DATABASE_CLOCK.read(after=None))
    row = ContractBalance.objects.select_for_update().filter(pk=contract.pk).first()
    if row is None:
        return ContractBalance.objects.create(
            contract=contract, fixed_fee_cap=limits.fixed_fee_cap, maximum=limits.maximum
        )
    cap = max(limits.fixed_fee_cap, row.fixed_fee_approved)
    maximum = max(limits.maximum, row.approved)
    if (row.fixed_fee_cap, row.maximum) != (cap, maximum):
        row.fixed_fee_cap, row.maximum = cap, maximum
        row.save(update_fields=["fixed_fee_cap", "maximum"])
    return row


def count(balance: ContractBalance, *, net: Decimal, fixed_fee: Decimal, what: str) -> None:
    """Count what becomes approved in the contract's running columns, which the caller has locked.

    `what` names it for the reader. Raises `OverMaximum` and `OverCap`, nothing counted.
    """
    approved, fee = balance.approved + net, balance.fixed_fee_approved + fixed_fee
    if approved > balance.maximum:
        raise OverMaximum(
            f"With {what}, the contract would come to {_shown(approved)}, past its maximum value of "
            f"{_shown(balance.maximum)}: that needs a recorded variation."
        )
    if fee > balance.fixed_fee_cap:
        raise OverCap(
            f"With {what}, the fixed fee would come to {_shown(fee)}, past its cap of {_shown(balance.fixed_fee_cap)}."
        )
    balance.approved, balance.fixed_fee_approved = approved, fee
    balance.save(update_fields=["approved", "fixed_fee_approved"])


def _shown(amount: Decimal) -> str:
    return pounds_shown(pence_of(amount))


def post_statement(*, statement: ClosedStatement, clock: Clock) -> JournalEntry | None:
    """The memorandum entry of a closed statement, posted once however often it is asked for.

    Savings stated, and what the schedule and the unearned fee have grown by; None where all three are nothing. The
    row of the statement's contract is locked by the caller.
    """
    contract = statement.contract
    key = f"{STATEMENT} {statement.month}"
    if found := JournalEntry.objects.filter(contract=contract, key=key).first():
        return found
    legs = statement_legs(json.loads(statement.document), _document_before(statement))
    if not legs:
        return None
    effective_on = posting_day(contract, statement.month.last_day)
    return post(
        contract=contract,
        key=key,
        kind=STATEMENT,
        narrative=narrative_of(f"Statement of {month_shown(statement.month)}", statement.month.last_day, effective_on),
        effective_on=effective_on,
        legs=legs,
        by=None,
        at=stamp(contract, clock),
    )


def _document_before(statement: ClosedStatement) -> dict[str, object] | None:
    earlier = closed_statements(statement.contract).filter(month_start__lt=statement.month_start)
    text = earlier.values_list("document", flat=True).last()
    return json.loads(text) if text else None


def narrative_of(what: str, day: date, effective_on: date) -> str:
    """The words of an entry; with the day to which it belongs where that could no longer be posted to."""
    if effective_on == day:
        return what
    return f"{what}, which belongs to {day_shown(day)} ({Period.of(day)}): posted to {Period.of(effective_on)}"
