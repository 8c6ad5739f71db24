"""How a contract is read: each reading with what it rests on, who set it, and what the others would have charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cohort.core.terms import Terms
from cohort.models import Contract
from cohort.pages.terms.versions import Versions, month_now
from cohort.pages.terms.words import TermShown, terms_shown
from pbr_ledger.periods import LONDON, Month
from pbr_ledger.readings import SettledReading, settled_readings
from pbr_ledger.release import RELEASE
from pbr_ledger.words import count_shown, day_shown, instant_shown, month_shown, more_or_less
from savings.core.model import KnownMonth
from savings.core.readings import Charged, charged, is_read_so
from savings.core.results import Charges
from savings.core.run_rate import last_night
from savings.documents.readings.content import ReadingsContent, ReadingShown, RowShown, SettingShown
from savings.pages.readings.choices import Choice, Reading
from savings.pages.readings.settled import MAXIMUM_VALUE, settled_by_savings
from savings.pages.readings.table import AT_THE_END, TERM_READINGS
from savings.queries import charged_as_closed, months_as_closed
from savings.services import StatementNotReproduced

IN_FORCE = "In force"
IN_FORCE_NOW = "In force now"
AS_CHARGED = "As charged"
EACH_ITS_OWN = "Each month by the reading of its own version of the terms."


@dataclass(frozen=True, slots=True)
class Ground:
    """What all readings are compared on: the versions of the terms, the closed months, and what those charged.

    `shown` holds the terms of each version in words, by key, with what they were in the version recorded before.
    """

    versions: Versions
    shown: tuple[dict[str, TermShown], ...]
    in_force: int
    months: tuple[KnownMonth, ...]
    charged: Charged

    @property
    def terms_in_force(self) -> Terms:
        """The version that the present month uses."""
        return self.versions.terms[self.in_force - 1]

    @property
    def last_closed(self) -> Month | None:
        """The last of the months."""
        return self.months[-1].month if self.months else None


def readings_content(contract: Contract, *, at: datetime) -> ReadingsContent:
    """How the contract is read at the instant, and what other readings would have charged in the months closed so far.

    Nothing is written. Takes the same number of queries for many months as for one. Raises `StatementNotReproduced`
    when the facts no longer give what was closed.
    """
    versions = Versions.of(contract)
    ground = _ground(contract, versions, at) if versions.rows else None
    return ReadingsContent(
        contract_reference=contract.reference,
        contract_title=contract.title,
        decision=f"{contract.decision_reference}, {day_shown(contract.decision_on)}",
        parties=f"{contract.council.name} (council) and {contract.provider.name} (provider), "
        f"paid through {contract.agent.name}",
        council=contract.council.name,
        months=_months_shown(ground.months) if ground else "",
        last_closed=month_shown(ground.last_closed) if ground and ground.last_closed else "",
        compared=_compared(ground.months) if ground else "",
        readings=tuple(_reading_shown(reading, ground) for reading in TERM_READINGS) if ground else (),
        settled=(*_settled(contract, ground), *settled_readings(contract)) if ground else (),
        known_at=at.astimezone(LONDON),
        release=RELEASE,
    )


def _ground(contract: Contract, versions: Versions, at: datetime) -> Ground:
    months = tuple(months_as_closed(contract))
    worked = charged(months)
    if worked.in_all != charged_as_closed(contract):
        raise StatementNotReproduced("Worked out again, the closed months do not come to what they charged.")
    return Ground(versions, _shown(versions), versions.number_for(month_now(at)), months, worked)


def _shown(versions: Versions) -> tuple[dict[str, TermShown], ...]:
    first = terms_shown(versions.stated[0])
    later = (terms_shown(stated, before=before) for before, stated in pairwise(versions.stated))
    return tuple({term.key: term for term in terms} for terms in (first, *later))


def _months_shown(months: Sequence[KnownMonth]) -> str:
    if not months:
        return ""
    first, last = month_shown(months[0].month), month_shown(months[-1].month)
    return first if len(months) == 1 else f"{first} to {last}"


def _compared(months: Sequence[KnownMonth]) -> str:
    """What the figures are, in words."""
    if not months:
        return "No month is closed yet, so no reading has charged anything."
    return (
        f"Every closed month ({_months_shown(months)}: {count_shown(len(months), 'statement')}) is closed again, one "
        "after the other, each from the facts that were known when it was closed, with nothing but the one reading "
        "changed in every version of the terms. What they would have charged is added up, and set against what they "
        "did charge. Nothing is recorded by that: closed statements stay as they are."
    )


def _reading_shown(reading: Reading, ground: Ground) -> ReadingShown:
    term = ground.shown[ground.in_force - 1][reading.term]
    rows = tuple(_rows(reading, term, ground))
    return ReadingShown(
        key=reading.term,
        name=term.name,
        clause=reading.clause,
        open=reading.open,
        quotations=reading.quotations,
        settings=settings_of(reading.term, ground.versions, ground.shown, in_force=ground.in_force),
        rows=rows,
        remark=_remark(reading, rows, ground),
    )


def settings_of(
    key: str, versions: Versions, shown: Sequence[dict[str, TermShown]], *, in_force: int
) -> tuple[SettingShown, ...]:
    """The versions that set the term to another value than the one recorded before, in the order of recording.

    The one whose value holds in the version in force is marked.
    """
    numbers = [number for number, terms in enumerate(shown, start=1) if number == 1 or terms[key].before]
    holds = max(number for number in numbers if number <= in_force)
    return tuple(
        SettingShown(
            version=number,
            value=shown[number - 1][key].value,
            effective_from=day_shown(versions.rows[number - 1].effective_from),
            recorded_by=versions.rows[number - 1].recorded_by.full_name,
            recorded_at=instant_shown(versions.rows[number - 1].recorded_at),
            is_in_force=number == holds,
        )
        for number in numbers
    )


def _rows(reading: Reading, term: TermShown, ground: Ground) -> list[RowShown]:
    """What was charged, by the reading that holds; then every other reading in the order of the table."""
    by_all = next((choice for choice in reading.choices if _is_read_by_all(choice, ground)), None)
    is_one = by_all is not None or not any(terms[reading.term].before for terms in ground.shown[1:])
    rows = [_as_charged(by_all, term, ground) if is_one else _by_versions(ground)]
    for choice in reading.choices:
        if choice is not by_all:
            now = not is_one and is_read_so(ground.terms_in_force, choice.vary)
            rows.append(_as_if(choice, ground, status=IN_FORCE_NOW if now else ""))
    return rows


def _is_read_by_all(choice: Choice, ground: Ground) -> bool:
    return all(is_read_so(terms, choice.vary) for terms in ground.versions.terms)


def _as_charged(held: Choice | None, term: TermShown, ground: Ground) -> RowShown:
    name, does = (held.name, held.does) if held else (term.value, term.does)
    return RowShown(name, does, IN_FORCE, ground.charged.in_all, Charges(), ground.charged.totals)


def _by_versions(ground: Ground) -> RowShown:
    return RowShown(AS_CHARGED, EACH_ITS_OWN, "", ground.charged.in_all, Charges(), ground.charged.totals)


def _as_if(choice: Choice, ground: Ground, *, status: str) -> RowShown:
    """The reading as if it had held from the first month."""
    otherwise = charged(ground.months, choice.vary)
    difference = otherwise.in_all.minus(ground.charged.in_all)
    over_time = _over_time(otherwise, ground.charged) if ground.months else ""
    return RowShown(
        choice.name, choice.does, status, otherwise.in_all, difference, totals=otherwise.totals, over_time=over_time
    )


def _over_time(otherwise: Charged, as_it_was: Charged) -> str:
    """Where the totals were furthest apart, if that was before the last month and more than after it."""
    month, apart = otherwise.furthest_from(as_it_was)
    now = otherwise.in_all.total - as_it_was.in_all.total
    if abs(apart) <= abs(now):
        return ""
    return f"{more_or_less(apart)} by the end of {month_shown(month)}"


def _remark(reading: Reading, rows: Sequence[RowShown], ground: Ground) -> str:
    """Why all of them come to the same, where they do."""
    if ground.last_closed is None or any(row.differs for row in rows):
        return ""
    ends = Month.of(last_night(ground.terms_in_force))
    if reading.term in AT_THE_END and ground.last_closed < ends:
        return f"The success fee is due in the statement of {month_shown(ends)}: until then it makes no difference."
    if any(row.over_time for row in rows):
        return f"By {month_shown(ground.last_closed)} all of them have charged the same; on the way they had not."
    return f"By {month_shown(ground.last_closed)} all of them have charged the same, month by month."


def _settled(contract: Contract, ground: Ground) -> tuple[SettledReading, ...]:
    maximum = settings_of(MAXIMUM_VALUE, ground.versions, ground.shown, in_force=ground.in_force)
    return settled_by_savings(
        contract, terms=ground.terms_in_force, charged=ground.charged.in_all, maximum_set_by=maximum
    )
