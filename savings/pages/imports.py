"""An import as it is shown before it is recorded: what every row comes to, and what is said of all of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cohort.core.facts import Claim
from cohort.core.sheets.kinds import SheetKind
from cohort.core.sheets.plan import CHANGED, KNOWN, NEW, PROPOSED, PROPOSED_ALREADY, Plan, RowOutcome
from cohort.core.sheets.rows import MOST_PROBLEMS, Wrong
from cohort.pages.facts import Change, changes_between, title_of
from pbr_ledger.words import count_shown, listed

OUTCOMES = {
    NEW: ("New", "blue"),
    CHANGED: ("Changed", "yellow"),
    PROPOSED: ("Proposed", "purple"),
    PROPOSED_ALREADY: ("Proposed already", "grey"),
    KNOWN: ("Known already", "grey"),
}
"""What a row comes to as the page says it, and the colour of its tag."""


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of the file: where it stands, what it comes to, the fact, and what it says or changes."""

    sheet: str
    row: int
    what: str
    colour: str
    title: str
    changes: tuple[Change, ...]


def row_shown(outcome: RowOutcome, plan: Plan) -> RowShown:
    """The row in words; one that says what is known says no more than that."""
    what, colour = OUTCOMES[outcome.what]
    changes = () if outcome.what == KNOWN else changes_between(outcome.before, outcome.after)
    if isinstance(outcome.after, Claim) and outcome.after.id in plan.texts:
        changes = (*changes, Change("What shows it", "", plan.texts[outcome.after.id]))
    return RowShown(outcome.place.sheet, outcome.place.row, what, colour, title_of(outcome.after), changes)


def counts_words(plan: Plan) -> str:
    """`12 rows: 9 new, 2 changed and 1 known already.`"""
    counts = Counter(outcome.what for outcome in plan.outcomes)
    parts = [f"{counts[what]:,} {words.lower()}" for what, (words, _) in OUTCOMES.items() if counts[what]]
    return f"{count_shown(len(plan.outcomes), 'row')}: {listed(parts)}." if parts else "There are no rows in it."


def proposals_words(plan: Plan) -> str:
    """What becomes of agreed baselines; empty where none would change."""
    if not plan.proposals:
        return ""
    children = listed(sorted(plan.proposals))
    if len(plan.proposals) == 1:
        return f"Both sides agreed the baseline of child {children}. The new one is proposed, and counts once agreed."
    return f"Both sides agreed the baselines of {children}. The new ones are proposed, and count once agreed."


def passed_over_words(names: Sequence[str]) -> str:
    """Which sheets were not read; empty where all were."""
    if not names:
        return ""
    return f"Not read, as no sheet of the template is called so: {listed(names)}."


def recorded_words(plan: Plan) -> str:
    """What is said once it is recorded."""
    return " ".join(_recorded(plan))


def _recorded(plan: Plan) -> Iterator[str]:
    if plan.facts:
        yield f"{count_shown(len(plan.facts), 'fact is', 'facts are')} recorded from the file."
    if plan.proposals:
        yield f"{count_shown(len(plan.proposals), 'baseline is', 'baselines are')} proposed."


def wrong_words(name: str, wrong: Sequence[Wrong]) -> str:
    """What the error summary says of a file in which something is wrong."""
    count = f"More than {MOST_PROBLEMS}" if len(wrong) > MOST_PROBLEMS else f"{len(wrong)}"
    things = "thing is" if len(wrong) == 1 else "things are"
    return f"{count} {things} wrong in “{name}”. Nothing is recorded. Mend the file and choose it again"


def sheets_words(kinds: Sequence[SheetKind]) -> list[dict[str, str]]:
    """The sheets of the template with what each holds."""
    return [{"key": kind.key, "name": kind.name, "lead": kind.lead} for kind in kinds]
