"""Scenarios that an organisation keeps beside a contract: made, changed, copied, closed; nothing is posted.

Every change is a new version with who made it. They lock the contract's row, as every change about it does, but stamp
nothing on it: a scenario is no fact. Their events stand in a stream of the organisation's own, as the other side of
the contract reads the contract's (docs/what-if.md).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from cohort.core.validity.values import can_be_kept
from cohort.models import Contract
from cohort.services import locked
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused
from pbr_ledger.money import RATE_SCALE
from pbr_ledger.periods import day_of
from savings import rules
from savings.core.scenario import read_scenario
from savings.core.what_if.applied import applied
from savings.core.what_if.band import SURVIVAL
from savings.core.what_if.changes import Change
from savings.core.what_if.files import months_of_children
from savings.core.what_if.written import change_written, changes_read
from savings.models import KeptScenario, ScenarioVersion
from savings.queries import current_scenarios, scenario_ground

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a scenario file that a page takes."""
MOST_MONTHS = 10_000
"""Children times months of a file: what a page works out within seconds. The sample contract has 294."""
LONGEST_NAME = 100
MOST_CHANGES = 100
MOST_SCENARIOS = 100
ONLY_KEEPERS = "Only the council’s officers and the provider’s staff keep scenarios, each their own organisation’s."


class ScenarioChanged(LedgerError):
    """Somebody has changed the scenario since the page was opened."""


class ScenarioClosed(LedgerError):
    """The scenario is closed: it is not changed any more."""


def make_scenario(*, contract: Contract, name: str, by: Person, clock: Clock) -> KeptScenario:
    """A scenario that starts from the contract as known now, with nothing planned yet.

    Raises `Refused` for a name that is empty, too long or in use, `NotPermitted`, and `NotFound` to outsiders.
    """
    with _at(contract, by, clock) as (row, at):
        return _made(row, _named(row, by, name), by, at, what="Made from the contract as known")


def import_scenario(*, contract: Contract, name: str, content: bytes, by: Person, clock: Clock) -> KeptScenario:
    """A scenario from a scenario file, kept beside the contract (docs/scenario.md).

    Raises `Refused` with every problem of the file at its place; nothing is kept then.
    """
    _require_keeper(contract, by)
    text = _sound_file(content)
    with _at(contract, by, clock) as (row, at):
        what = "Imported from a scenario file"
        return _made(row, _named(row, by, name), by, at, document=text, what=what)


def _sound_file(content: bytes) -> str:
    """The text of the file, which a page can work out. Raises `Refused`, with every problem at its place."""
    if len(content) > LARGEST_FILE:
        raise Refused([Problem("file", f"has more than {LARGEST_FILE:,} bytes, which is the most that is taken")])
    if (months := months_of_children(read_scenario(content))) > MOST_MONTHS:
        message = f"has {months:,} months of children to work out; a page takes at most {MOST_MONTHS:,}"
        raise Refused([Problem("file", message)])
    return content.decode("utf-8-sig")


def copy_scenario(*, scenario: KeptScenario, by: Person, clock: Clock) -> KeptScenario:
    """Another scenario that is the same, under a name of its own."""
    with _at(scenario.contract, by, clock) as (row, at):
        current = _current(scenario, by)
        taken = set(current_scenarios(row, by.organisation).values_list("name", flat=True))
        return _made(
            row,
            _named(row, by, _copied_name(current.name, taken)),
            by,
            at,
            document=scenario.document,
            known_at=current.known_at,
            survival=current.survival,
            changes=current.changes,
            what=f"Copied from {current.name}",
        )


def plan_change(
    *, scenario: KeptScenario, change: Change, what: str, seen: int, by: Person, clock: Clock
) -> ScenarioVersion:
    """The scenario with one more planned change, which has to fit what is known and planned before it.

    `what` says it in words. Raises `Refused` where it does not fit, and `ScenarioChanged` where `seen` is not the
    number of the version that holds.
    """
    with _at(scenario.contract, by, clock) as (_, at):
        current = _seen(scenario, by, seen)
        changes = [*changes_read(current.changes), change]
        _require_fit(current, changes)
        return _revised(current, by, at, changes=[change_written(each) for each in changes], what=f"Planned: {what}")


def drop_change(
    *, scenario: KeptScenario, number: int, what: str, seen: int, by: Person, clock: Clock
) -> ScenarioVersion:
    """The scenario without the planned change of this number, from 1; those that hang on it then do not fit."""
    with _at(scenario.contract, by, clock) as (_, at):
        current = _seen(scenario, by, seen)
        if not 1 <= number <= len(current.changes):
            raise NotFound("There is no such planned change.")
        changes = [each for place, each in enumerate(current.changes, start=1) if place != number]
        return _revised(current, by, at, changes=changes, what=f"Taken out: {what}")


def set_scenario(
    *, scenario: KeptScenario, name: str, survival: int, seen: int, by: Person, clock: Clock
) -> ScenarioVersion:
    """The scenario under another name, or with another share of placements that last a year (ten-thousandths)."""
    with _at(scenario.contract, by, clock) as (row, at):
        current = _seen(scenario, by, seen)
        if name.strip() != current.name:
            name = _named(row, by, name)
        if not 1 <= survival <= RATE_SCALE:
            raise Refused([Problem("survival", "must be above 0% and at most 100%")])
        return _revised(current, by, at, name=name.strip(), survival=survival, what="Name or breakdown rate changed")


def bring_up_to_date(*, scenario: KeptScenario, by: Person, clock: Clock) -> ScenarioVersion:
    """The scenario with the contract as known now: its plans stay, and those that do not fit any more say so."""
    with _at(scenario.contract, by, clock) as (_, at):
        return _revised(_current(scenario, by), by, at, known_at=at, what="Brought up to date")


def close_scenario(*, scenario: KeptScenario, by: Person, clock: Clock) -> ScenarioVersion:
    """The scenario put away: it leaves the lists, and its history stays."""
    with _at(scenario.contract, by, clock) as (_, at):
        return _revised(_current(scenario, by), by, at, closed=True, what="Closed")


@contextmanager
def _at(contract: Contract, by: Person, clock: Clock) -> Iterator[tuple[Contract, datetime]]:
    """The contract's row locked, in a transaction, for whoever may keep scenarios; and the instant now."""
    _require_keeper(contract, by)
    with transaction.atomic():
        row = locked(contract)
        yield row, clock.read(after=row.last_stamped_at)


def _require_keeper(contract: Contract, by: Person) -> None:
    if rules.side_of(by, contract) is None:
        raise NotFound(f"There is no contract {contract.reference}.")
    if not rules.may_keep_scenarios(by, contract):
        raise NotPermitted(ONLY_KEEPERS)


def _made(
    contract: Contract, name: str, by: Person, at: datetime, *, what: str, document: str = "", **said: Any
) -> KeptScenario:
    if current_scenarios(contract, by.organisation).count() >= MOST_SCENARIOS:
        raise LedgerError(f"There are {MOST_SCENARIOS} scenarios already. Close one that nobody needs.")
    scenario = KeptScenario.objects.create(
        contract=contract, organisation=by.organisation, document=document, made_by=by, made_at=at
    )
    first = {"known_at": at, "survival": SURVIVAL, "changes": [], **said}
    version = ScenarioVersion.objects.create(
        scenario=scenario, number=1, name=name, what=what, recorded_by=by, recorded_at=at, **first
    )
    _note(version, "scenario.made")
    return scenario


def _revised(current: ScenarioVersion, by: Person, at: datetime, **changed: Any) -> ScenarioVersion:
    """The next version: what is not changed stays."""
    kept = ("name", "known_at", "survival", "changes")
    said = {**{name: getattr(current, name) for name in kept}, **changed}
    version = ScenarioVersion.objects.create(
        scenario=current.scenario, number=current.number + 1, recorded_by=by, recorded_at=at, **said
    )
    _note(version, "scenario.closed" if version.closed else "scenario.changed")
    return version


def _note(version: ScenarioVersion, action: str) -> None:
    scenario = version.scenario
    audit.record(
        stream=f"scenarios of {scenario.organisation_id} beside {scenario.contract.reference}",
        by=version.recorded_by,
        action=action,
        subject=f"scenario {scenario.pk}, version {version.number}",
        detail={"name": version.name, "what": version.what},
        at=version.recorded_at,
    )


def _current(scenario: KeptScenario, by: Person) -> ScenarioVersion:
    """The version that holds. Raises `NotFound` to other organisations, and `ScenarioClosed`."""
    if scenario.organisation_id != by.organisation_id:
        raise NotFound("There is no such scenario.")
    current = scenario.versions.select_related("scenario__contract").order_by("number").last()
    if current is None:
        raise NotFound("There is no such scenario.")
    if current.closed:
        raise ScenarioClosed(f"{current.name} is closed, and is not changed any more.")
    return current


def _seen(scenario: KeptScenario, by: Person, seen: int) -> ScenarioVersion:
    current = _current(scenario, by)
    if current.number != seen:
        raise ScenarioChanged("Somebody has changed this scenario since the page was opened. Open it again and look.")
    return current


def _require_fit(current: ScenarioVersion, changes: Sequence[Change]) -> None:
    """Raise `Refused` unless the last of the changes fits what is known, and what is planned before it."""
    if len(changes) > MOST_CHANGES:
        raise Refused([Problem("", f"A scenario has at most {MOST_CHANGES} planned changes.")])
    planned = applied(scenario_ground(current).known, changes, on=day_of(current.known_at))
    if misfit := planned.misfits.get(len(changes)):
        raise Refused([Problem("", f"This does not fit what is known and planned: {misfit}.")])


def _named(contract: Contract, by: Person, name: str) -> str:
    """The name without blanks around it. Raises `Refused` for one that is empty, too long or in use."""
    name = name.strip()
    if not name:
        raise Refused([Problem("name", "must not be empty")])
    if not can_be_kept(name):
        raise Refused([Problem("name", "holds a character that cannot be kept")])
    if len(name) > LONGEST_NAME:
        raise Refused([Problem("name", f"has more than {LONGEST_NAME} characters")])
    if current_scenarios(contract, by.organisation).filter(name=name).exists():
        raise Refused([Problem("name", f"there is a scenario “{name}” already")])
    return name


def _copied_name(name: str, taken: set[str]) -> str:
    """`Copy of More carers`, and with a number where that is taken."""
    copied = f"Copy of {name}"[:LONGEST_NAME]
    number = 2
    while copied in taken:
        ending = f" ({number})"
        copied = f"{f'Copy of {name}'[: LONGEST_NAME - len(ending)]}{ending}"
        number += 1
    return copied
