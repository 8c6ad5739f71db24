"""A scenario document put into the ledger, through the same services that pages use (docs/scenario.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, repeat
from operator import attrgetter
from typing import Protocol

from django.db import transaction

from cohort import services as cohort
from cohort.core.facts import Fact, Retraction
from cohort.core.terms import Terms
from cohort.models import Contract
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import LedgerError, Problem, Refused
from pbr_ledger.periods import end_of_day, start_of_day
from savings.core.scenario import Closing, Scenario
from savings.models import ClosedStatement
from savings.services.closing import close
from savings.services.proposals import agree, propose

LONGEST_REFERENCE = 100
"""Characters of a contract's reference that its row keeps."""

SKIPPED_BECAUSE = "The scenario’s list of months to close leaves them out."


class ContractExists(LedgerError):
    """There is a contract of this reference already; loading it again would mix two histories."""


@dataclass(frozen=True, slots=True)
class Parties:
    """The organisations of a contract, and the people who act for them while a scenario is loaded."""

    council: Organisation
    provider: Organisation
    agent: Organisation
    accountant: Person
    officer: Person
    second_officer: Person
    provider_staff: Person


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a contract is called and rests on: a scenario document does not say it."""

    title: str
    decision_reference: str
    decision_on: date


class Follower(Protocol):
    """Does what follows from closed months in between, so that everything is recorded in the order of its instants."""

    def closed(self, statement: ClosedStatement) -> None:
        """Take note that this month was just closed."""

    def until(self, instant: datetime | None) -> None:
        """Do everything that is due before the instant; all that is left for None."""


class _Nobody:
    """Nothing follows."""

    def closed(self, statement: ClosedStatement) -> None:
        """Nothing."""

    def until(self, instant: datetime | None) -> None:
        """Nothing."""


NOBODY = _Nobody()


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something a scenario recorded, on its day, with its line's number in the file (terms first, from 1)."""

    day: date
    line: int
    content: Terms | Fact | Retraction

    @property
    def instant(self) -> datetime:
        """The day's midnight in London plus as many microseconds as the line's number."""
        return start_of_day(self.day) + timedelta(microseconds=self.line)


def load_scenario(
    *,
    scenario: Scenario,
    reference: str,
    particulars: Particulars,
    parties: Parties,
    closing: bool,
    follower: Follower = NOBODY,
) -> Contract:
    """The contract, with everything recorded at the instants the scenario gives, and its months closed if `closing`.

    What `follower` does has its place in between. In the end the baselines count as agreed by both sides. All or
    nothing: an error leaves no row. Raises `ContractExists`, and whatever the services refuse.
    """
    with transaction.atomic():
        _require_new(reference)
        contract = cohort.create_contract(
            reference=reference,
            council=parties.council,
            provider=parties.provider,
            agent=parties.agent,
            title=particulars.title,
            decision_reference=particulars.decision_reference,
            decision_on=particulars.decision_on,
            by=parties.accountant,
            clock=StatedClock([_founded(scenario)]),
        )
        closings = list(scenario.closings) if closing else []
        for day, entries in groupby(_entries(scenario), key=attrgetter("day")):
            closings = _close_before(day, closings, contract, parties, follower)
            follower.until(start_of_day(day))
            _record_day(list(entries), contract, parties)
        _close_before(None, closings, contract, parties, follower)
        cohort.note_loaded_baselines(contract=contract, by=parties.officer)
        follower.until(None)
        return contract


def _require_new(reference: str) -> None:
    if len(reference) > LONGEST_REFERENCE:
        raise Refused([Problem("contract", f"has more than {LONGEST_REFERENCE} characters")])
    if Contract.objects.filter(reference=reference).exists():
        raise ContractExists(f"There is a contract {reference} already. Load it under another reference.")


def _entries(scenario: Scenario) -> Iterator[_Entry]:
    """Everything recorded, by day; on one day the terms first, then the facts in the file's order."""
    contents = [(terms.recorded, terms) for terms in scenario.terms]
    contents += [(fact.recorded, fact.content) for fact in scenario.facts]  # type: ignore[misc]
    numbered = (_Entry(day, line, content) for line, (day, content) in enumerate(contents, start=1))
    return iter(sorted(numbered, key=lambda entry: (entry.day, entry.line)))


def _founded(scenario: Scenario) -> datetime:
    """The instant at which the contract's own row is recorded: the first midnight on which anything else is."""
    return start_of_day(min(entry.day for entry in _entries(scenario)))


def _record_day(entries: Sequence[_Entry], contract: Contract, parties: Parties) -> None:
    """Record one day's terms, then its facts together: facts of one day may refer to each other in any order."""
    facts: list[Fact | Retraction] = []
    instants: list[datetime] = []
    for entry in entries:
        if isinstance(entry.content, Terms):
            clock = StatedClock([entry.instant])
            cohort.record_terms(contract=contract, terms=entry.content, by=parties.accountant, clock=clock)
        else:
            facts.append(entry.content)
            instants.append(entry.instant)
    if facts:
        cohort.record(contract=contract, facts=facts, by=parties.officer, clock=StatedClock(instants))


def _close_before(
    day: date | None, closings: list[Closing], contract: Contract, parties: Parties, follower: Follower
) -> list[Closing]:
    """Close the months whose cut-off lies before the day, all of them for None; gives those that are left."""
    while closings and (day is None or closings[0].as_known_on < day):
        follower.until(end_of_day(closings[0].as_known_on))
        follower.closed(_close(closings[0], contract, parties))
        closings = closings[1:]
    return closings


def _close(closing: Closing, contract: Contract, parties: Parties) -> ClosedStatement:
    clock = StatedClock(repeat(end_of_day(closing.as_known_on)))
    proposal = propose(contract=contract, month=closing.month, by=parties.officer, clock=clock)
    agree(proposal=proposal, by=parties.provider_staff, clock=clock)
    agree(proposal=proposal, by=parties.second_officer, clock=clock)
    return close(proposal=proposal, by=parties.accountant, clock=clock, skipping_because=SKIPPED_BECAUSE)
