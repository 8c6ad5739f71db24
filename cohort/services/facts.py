"""Recording and correcting facts: lock, check, stamp, write, audit, in one transaction (docs/contract.md 11.3)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime

from cohort.core.facts import FACT_TYPES, Child, Claim, Fact, KnownFacts, Placement, Retraction
from cohort.core.known import known_with
from cohort.core.validity import (
    Journeys,
    claim_problems,
    journeys_of,
    overlaps_among,
    reference_problems,
    retraction_problems,
    shape_problems,
)
from cohort.models import Contract
from cohort.queries.baselines import agreed_baselines
from cohort.queries.facts import current_facts
from cohort.rules import is_party, not_permitted
from cohort.services.contracts import checked_at_once, keep_stamp, locked, next_stamp, stream_of
from cohort.services.limits import too_large
from cohort.services.rows import recorded_among, recorded_since, write
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.audit.chain import canonical
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused

Content = Fact | Retraction


class ChangedMeanwhile(LedgerError):
    """Somebody else has recorded the same fact since it was looked at; nothing was overwritten."""


def record(
    *, contract: Contract, facts: Sequence[Content], by: Person, clock: Clock, as_seen_at: datetime | None = None
) -> tuple[datetime, ...]:
    """The instants at which the facts were recorded, one each, in their order; all of them or none.

    A fact of a known kind and id is a correction: it supersedes the version before. The facts are judged together, by
    what is known once all are recorded, so they may refer to one another in any order. Raises `Refused` with places
    such as `facts[3].costs[0].weekly`, `NotPermitted`, and `NotFound` to those outside the contract. With
    `as_seen_at`, the contract's last stamp when a person began to fill in a form, it raises `ChangedMeanwhile` if one
    of the facts was recorded after it. A baseline that both sides have agreed is changed by `agree_baseline` alone.
    """
    _require_party(by, contract)
    with checked_at_once():
        row = locked(contract)
        known = current_facts(row)
        stamps = record_among(known, contract=row, facts=facts, by=by, clock=clock, as_seen_at=as_seen_at)
    contract.last_stamped_at = row.last_stamped_at
    return stamps


def record_among(
    known: KnownFacts,
    *,
    contract: Contract,
    facts: Sequence[Content],
    by: Person,
    clock: Clock,
    as_seen_at: datetime | None = None,
) -> tuple[datetime, ...]:
    """What `record` gives, of a contract whose row the caller has locked, and whose facts it has read since."""
    _require_recordable(known, contract, facts, by, as_seen_at)
    return _entered(contract, facts, by, clock)


def enter(
    *, contract: Contract, facts: Sequence[Content], known: KnownFacts, by: Person, clock: Clock
) -> tuple[datetime, ...]:
    """What `record` does once it is sure who may; for services that ask in their own way: judge, stamp, write, audit.

    Expects the contract locked, `known` to be what is known of it, and the person to be permitted.
    """
    if problems := _problems(contract, facts, known):
        raise Refused(problems)
    return _entered(contract, facts, by, clock)


def _entered(contract: Contract, facts: Sequence[Content], by: Person, clock: Clock) -> tuple[datetime, ...]:
    stamps = tuple(next_stamp(contract, clock) for _ in facts)
    write(contract=contract, versions=list(zip(stamps, facts, strict=True)), by=by)
    keep_stamp(contract)
    _audit(contract, list(zip(stamps, facts, strict=True)), by)
    return stamps


def require_recordable(
    *, contract: Contract, facts: Sequence[Content], by: Person, as_seen_at: datetime | None = None
) -> None:
    """Raise what `record` would raise for these facts now, and write nothing: for showing what is about to be done."""
    _require_party(by, contract)
    _require_recordable(current_facts(contract), contract, facts, by, as_seen_at)


def _require_party(by: Person, contract: Contract) -> None:
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")


def _require_recordable(
    known: KnownFacts, contract: Contract, facts: Sequence[Content], by: Person, as_seen_at: datetime | None
) -> None:
    _require_permission(by, contract, facts, known)
    require_unchanged_since(contract, facts, as_seen_at)
    if problems := _problems(contract, facts, known):
        raise Refused(problems)
    _require_agreed_baselines(contract, facts)


def require_unchanged_since(contract: Contract, facts: Sequence[Content], as_seen_at: datetime | None) -> None:
    """Raise `ChangedMeanwhile` where one of the facts was recorded after the instant; None asks nothing."""
    if as_seen_at is not None and (changed := recorded_since(contract, facts, as_seen_at)):
        named = _subject(changed[0])
        raise ChangedMeanwhile(f"Somebody has recorded {named} since this page was opened. Open it again and look.")


def _require_agreed_baselines(contract: Contract, facts: Sequence[Content]) -> None:
    """Raise `Refused` where a child's baseline is one that both sides agreed, and another one is given."""
    children = {place: fact for place, fact in enumerate(facts) if isinstance(fact, Child)}
    if not children:
        return
    agreed = agreed_baselines(contract, [child.id for child in children.values()])
    problems = [
        Problem(f"facts[{place}].baseline", "is agreed by both sides; it changes when both agree another one")
        for place, child in children.items()
        if agreed.get(child.id, child.baseline) != child.baseline
    ]
    if problems:
        raise Refused(problems)


def _require_permission(by: Person, contract: Contract, facts: Sequence[Content], known: KnownFacts) -> None:
    if refused := not_permitted(by, contract, facts, known):
        raise NotPermitted(f"{by.full_name} may not record this of {_subject(refused[0])}.")


# What is wrong with the facts, given all that would be known with them


def _problems(contract: Contract, facts: Sequence[Content], known: KnownFacts) -> list[Problem]:
    alone = [problem.below(f"facts[{place}]") for place, fact in enumerate(facts) for problem in _alone(fact)]
    return alone or list(_together(contract, facts, known_with(known, facts)))


def _alone(content: Content) -> list[Problem]:
    if content.kind not in FACT_TYPES:
        return [Problem("type", f"there are no facts of type “{content.kind}”")]
    return [*shape_problems(content), *too_large(content)]


def _together(contract: Contract, facts: Sequence[Content], known: KnownFacts) -> Iterator[Problem]:
    recorded = recorded_among(contract, [content for content in facts if isinstance(content, Retraction)])
    journeys = journeys_of(known)
    for place, content in enumerate(facts):
        for problem in _among(content, known, journeys, recorded):
            yield problem.below(f"facts[{place}]")
        recorded.add((content.kind, content.id))
    yield from _overlaps(facts, journeys)


def _among(content: Content, known: KnownFacts, journeys: Journeys, recorded: set[tuple[str, str]]) -> list[Problem]:
    if isinstance(content, Retraction):
        return retraction_problems(content, known, ever_recorded=recorded)
    problems = reference_problems(content, known)
    if isinstance(content, Claim) and not problems:
        problems = claim_problems(content, known, journeys)
    return problems


def _overlaps(facts: Sequence[Content], journeys: Journeys) -> Iterator[Problem]:
    """Overlaps in the journeys that the facts touch, at the later of the two placements that was given now."""
    given = {fact.id: place for place, fact in enumerate(facts) if isinstance(fact, Placement)}
    for child in sorted({fact.child for fact in facts if isinstance(fact, Placement)}):
        for first, second in overlaps_among(journeys.placements_of.get(child, ())):
            named, other = (second, first) if second in given else (first, second)
            yield Problem(f"facts[{given[named]}].from", f"placement {named} overlaps placement {other}")


# The audit rows


def _audit(contract: Contract, versions: Sequence[tuple[datetime, Content]], by: Person) -> None:
    entries = [
        audit.Entry(
            action="fact.retracted" if isinstance(content, Retraction) else "fact.recorded",
            subject=_subject(content),
            detail={"kind": content.kind, "id": content.id, "content_sha256": digest_of(content)},
            at=at,
        )
        for at, content in versions
    ]
    audit.record_all(stream=stream_of(contract), by=by, entries=entries)


def _subject(content: Content) -> str:
    return f"{content.kind.replace('_', ' ')} {content.id}"


def digest_of(content: Content) -> str:
    """The SHA-256 of all that a fact says: the log keeps this, as the content has to be destroyed one day."""
    return hashlib.sha256(canonical(_plain(asdict(content))).encode()).hexdigest()


def _plain(said: dict[str, object]) -> dict[str, object]:
    return {key: _plain_value(value) for key, value in said.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_plain_value(each) for each in value]
    return value
