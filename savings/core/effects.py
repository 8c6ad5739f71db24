"""What facts not yet recorded would do to closed months and to the next statement (docs/contract.md 5.1, 4.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort.core.facts import Fact, KnownFacts, Retraction
from cohort.core.known import known_with
from pbr_ledger.periods import Month
from savings.core.results import Adjustment, Position, Statement
from savings.core.statement import adjustments, statement


@dataclass(frozen=True, slots=True)
class Effect:
    """The next statement, of `month`, without the facts and with them; amounts in pence.

    `changes` says by how much the saving of a child in a closed month would differ from what is known now;
    `savings_before` and `savings_after` are what all closed months have saved, the months after `last_closed` left
    out. `charge_before` and `charge_after` are the whole charge of the next statement, all kinds together. `limited_by`
    is what limited the fee of the months that change, without the facts or with them.
    """

    month: Month
    last_closed: Month | None
    changes: tuple[Adjustment, ...]
    savings_before: int
    savings_after: int
    charge_before: int
    charge_after: int
    limited_by: frozenset[str]

    @property
    def charge_difference(self) -> int:
        """What the next statement would charge more, or less where it is negative, in pence."""
        return self.charge_after - self.charge_before


def effect(
    contents: Sequence[Fact | Retraction],
    *,
    known: KnownFacts,
    month: Month,
    last_closed: Month | None,
    position: Position,
) -> Effect:
    """What recording these would do, everything worked out twice and nothing changed (docs/contract.md 5.1, 11.2).

    `month` is that of the next statement, `position` what the closed ones have stated and charged.
    """
    before = _next_statement(known, month, position)
    after = _next_statement(known_with(known, contents), month, position)
    changes = tuple(
        change
        for change in adjustments(after.position.stated, stated=before.position.stated, month=month)
        if last_closed is not None and change.month <= last_closed
    )
    changed = {change.month for change in changes}
    return Effect(
        month=month,
        last_closed=last_closed,
        changes=changes,
        savings_before=_saved_until(before, last_closed),
        savings_after=_saved_until(after, last_closed),
        charge_before=before.charges.total,
        charge_after=after.charges.total,
        limited_by=frozenset(fee.limited_by for fee in (*before.months, *after.months) if fee.month in changed),
    )


def _next_statement(known: KnownFacts, month: Month, position: Position) -> Statement:
    return statement(month=month, as_known_on=month.last_day, known=known, position=position)


def _saved_until(worked: Statement, last: Month | None) -> int:
    """The savings of all months up to the last closed one, in pence."""
    return sum(fee.savings_pence for fee in worked.months if last is not None and fee.month <= last)
