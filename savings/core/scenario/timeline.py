"""What the lines of a scenario say of each other, day by day as they were recorded."""

from collections.abc import Iterator, Sequence
from datetime import date

from cohort.core.facts import FACT_TYPES, Claim, Fact, KnownFacts, Placement, Retraction
from cohort.core.known import apply, known_facts
from cohort.core.terms import Terms
from cohort.core.validity import (
    claim_problems,
    journeys_of,
    overlaps_among,
    reference_problems,
    references_of,
    retraction_problems,
)
from pbr_ledger.errors import Problem
from savings.core.scenario.facts import FactLine


def order_problems(lines: Sequence[FactLine]) -> Iterator[Problem]:
    """Lines recorded before an earlier line of the file."""
    latest = date.min
    for line in lines:
        if line.recorded is None:
            continue
        if line.recorded < latest:
            yield Problem(f"{line.place}.recorded", f"{line.recorded} is before {latest}, the day of an earlier line")
        latest = max(latest, line.recorded)


def relation_problems(lines: Sequence[FactLine], *, terms: Sequence[Terms], terms_sound: bool) -> list[Problem]:
    """What is wrong among the facts at the end of each recorded day.

    Lines with problems of their own stay out of it, and nothing is said of what hangs on them: one mistake is one
    message. Claims are judged only when all the terms are sound.
    """
    timeline = _Timeline(lines, terms if terms_sound else None)
    for day, of_the_day in _by_day(lines):
        timeline.record(day, of_the_day)
    return timeline.problems


def _by_day(lines: Sequence[FactLine]) -> Iterator[tuple[date, list[FactLine]]]:
    """The lines grouped by the day they were recorded; a line out of order counts for the day reached by then."""
    latest = date.min
    group: list[FactLine] = []
    for line in lines:
        day = max(latest, line.recorded or latest)
        if group and day != latest:
            yield latest, group
            group = []
        latest = day
        group.append(line)
    if group:
        yield latest, group


class _Timeline:
    """The facts as known at the end of the day reached, and the problems found so far."""

    def __init__(self, lines: Sequence[FactLine], terms: Sequence[Terms] | None) -> None:
        self.problems: list[Problem] = []
        self._terms = terms
        self._doubtful = {(line.kind, line.id) for line in lines if line.content is None and isinstance(line.id, str)}
        self._collections: dict[str, dict[str, Fact]] = {kind: {} for kind in FACT_TYPES}
        self._place_of: dict[tuple[str, str], str] = {}
        self._recorded: set[tuple[str, str]] = set()
        self._placements_of: dict[str, dict[str, Placement]] = {}
        self._overlaps: set[tuple[str, str]] = set()

    def record(self, day: date, lines: Sequence[FactLine]) -> None:
        """Take in one day's lines and look at the facts as they are at its end."""
        touched: set[str] = set()
        for line in lines:
            if not isinstance(line.content, Retraction):
                self._recorded.add((line.kind, line.id))
            if line.content is not None:
                touched |= self._take(line, line.content)
        known = known_facts(tuple(item for item in self._terms or () if item.recorded <= day), self._collections)
        for line in lines:
            if line.content is not None:
                self._note(line, self._line_problems(line.content, known))
        self._note_claims(lines, known)
        for child in sorted(touched):
            self._note_overlaps(child)

    def _take(self, line: FactLine, content: Fact | Retraction) -> set[str]:
        """Apply the line; gives the children whose placements it changes."""
        touched: set[str] = set()
        before = self._collections[line.kind].get(line.id)
        if isinstance(before, Placement):
            self._placements_of[before.child].pop(before.id)
        if isinstance(content, Placement):
            self._placements_of.setdefault(content.child, {})[line.id] = content
            touched.add(content.child)
        apply(self._collections, content)
        self._place_of[line.kind, line.id] = line.place
        return touched

    def _line_problems(self, content: Fact | Retraction, known: KnownFacts) -> list[Problem]:
        if isinstance(content, Retraction):
            return retraction_problems(content, known, ever_recorded=self._recorded)
        return [
            problem
            for problem, target in zip(
                reference_problems(content, known), _missing_references(content, known), strict=True
            )
            if target not in self._doubtful and ("", target[1]) not in self._doubtful
        ]

    def _note_claims(self, lines: Sequence[FactLine], known: KnownFacts) -> None:
        claims = [(line, line.content) for line in lines if isinstance(line.content, Claim)]
        if not claims or self._terms is None:
            return
        journeys = journeys_of(known)
        for line, claim in claims:
            if not self._hangs_on_doubt(claim, known):
                self._note(line, claim_problems(claim, known, journeys))

    def _hangs_on_doubt(self, claim: Claim, known: KnownFacts) -> bool:
        """Whether a placement or a claim that could not be read might be what the claim needs."""
        return claim.placement not in known.placements or any(
            kind in {"", "placement", "claim"} for kind, _ in self._doubtful
        )

    def _note_overlaps(self, child: str) -> None:
        sound = [
            placement
            for placement in self._placements_of[child].values()
            if ("placement", placement.id) not in self._doubtful
        ]
        for earlier, later in overlaps_among(sound):
            places = sorted((self._place_of["placement", earlier], self._place_of["placement", later]), key=_position)
            if (places[0], places[1]) not in self._overlaps:
                self._overlaps.add((places[0], places[1]))
                message = f"placements {earlier} and {later} of child {child} overlap"
                self.problems.append(Problem(f"{places[1]}.from", message))

    def _note(self, line: FactLine, problems: list[Problem]) -> None:
        self.problems.extend(problem.below(line.place) for problem in problems)


def _missing_references(fact: Fact, known: KnownFacts) -> list[tuple[str, str]]:
    return [target for target in references_of(fact) if target[1] not in known.of_kind(target[0])]


def _position(place: str) -> int:
    return int(place[place.index("[") + 1 : place.index("]")])
