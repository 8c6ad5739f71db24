"""A kept scenario worked out: what it plans, its projection, and that of the contract without it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cohort.core.terms import NoTermsKnown
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown
from savings.core.what_if.applied import Applied, applied
from savings.core.what_if.band import Band, band, risk_after
from savings.core.what_if.changes import Change
from savings.core.what_if.outlook import Ground, Outlook, outlook
from savings.core.what_if.written import changes_read
from savings.models import ScenarioVersion
from savings.queries import contract_ground, scenario_ground


@dataclass(frozen=True, slots=True)
class Worked:
    """A scenario with its results. `begins` is where it starts, and `ground` that with what is planned in it.

    `contract` is the contract without any plan, None where there are no terms to go by.
    """

    version: ScenarioVersion
    changes: tuple[Change, ...]
    planned: Applied
    begins: Ground
    ground: Ground
    projected: Outlook
    contract: Outlook | None

    @property
    def misfits(self) -> Mapping[int, str]:
        """Why planned changes, by their number, are left out."""
        return self.planned.misfits

    @property
    def known_on(self) -> str:
        """As of which day it is known: `12 March 2026`."""
        return day_shown(day_of(self.version.known_at))


def band_of(found: Worked) -> Band:
    """How far its sums spread when placements break down by chance, at the scenario's own rate."""
    after = risk_after(found.begins, day_of(found.version.known_at))
    return band(found.ground, on=after, survival=found.version.survival)


def planned_of(version: ScenarioVersion) -> tuple[Ground, Applied]:
    """Where the scenario begins, and what would be known with its plans."""
    ground = scenario_ground(version)
    return ground, applied(ground.known, changes_read(version.changes), on=day_of(version.known_at))


def worked(version: ScenarioVersion) -> Worked:
    """The scenario worked out beside the contract, both as known at its instant. Raises `NoTermsKnown`."""
    ground, planned = planned_of(version)
    with_plans = replace(ground, known=planned.known)
    projected = outlook(with_plans)
    return Worked(
        version=version,
        changes=changes_read(version.changes),
        planned=planned,
        begins=ground,
        ground=with_plans,
        projected=projected,
        contract=_contract_beside(version, ground),
    )


def _contract_beside(version: ScenarioVersion, ground: Ground) -> Outlook | None:
    if version.scenario.document:
        ground = contract_ground(version.scenario.contract, version.known_at)
    return _outlook_or_none(ground)


def _outlook_or_none(ground: Ground) -> Outlook | None:
    try:
        return outlook(ground)
    except NoTermsKnown:
        return None
