"""Baselines that both sides agree: proposed by one, agreed or declined by the other (docs/contract.md 1.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from cohort import models
from cohort.core.facts import Child, KnownFacts, Rate
from cohort.core.validity import shape_problems
from cohort.lifecycles import BASELINE_PROPOSAL
from cohort.models.baselines import LOADED, PROPOSED, RECORDED
from cohort.queries.baselines import agreed_baselines, rates_read, rates_written
from cohort.queries.facts import current_facts
from cohort.rules import is_party, may_agree_recorded_baseline, may_decide_baseline, may_propose_baseline, side_of
from cohort.services.announcements import tell_of_baseline
from cohort.services.contracts import checked_at_once, keep_stamp, locked, next_stamp, stream_of
from cohort.services.facts import digest_of, enter
from cohort.services.limits import too_large
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused


class BaselineNotAgreed(LedgerError):
    """What counts on a child's baseline has to wait until both sides have agreed it."""


class BaselineHasChanged(LedgerError):
    """The baseline is no longer the one that was read before agreeing."""


class AlreadyProposed(LedgerError):
    """A proposal for this child waits for an answer."""


def propose_baseline(
    *, contract: models.Contract, child: str, rates: Sequence[Rate], reason: str, by: Person, clock: Clock
) -> models.BaselineProposal:
    """A new baseline for the child, whole, put to the other side; nothing counts differently until that agrees.

    Raises `Refused` with places such as `baseline[1].weekly`, and `AlreadyProposed` while another one is open.
    """
    _require_party(by, contract)
    if not may_propose_baseline(by, contract):
        raise NotPermitted(f"{by.full_name} may not propose a baseline.")
    with checked_at_once():
        row = locked(contract)
        current = _live_child(current_facts(row), child)
        _require_sound(replace(current, baseline=tuple(rates)), reason, current)
        identity = models.Child.objects.get(contract=row, reference=child)
        if models.BaselineProposal.objects.filter(child=identity, status="open").exists():
            raise AlreadyProposed(f"A baseline of child {child} is proposed already. It has to be answered first.")
        at = next_stamp(row, clock)
        proposal = models.BaselineProposal.objects.create(
            child=identity,
            rates=rates_written(rates),
            reason=reason.strip(),
            proposed_side=side_of(by, row),
            proposed_by=by,
            proposed_at=at,
        )
        keep_stamp(row)
        _audit(row, by, "baseline.proposed", child, proposal, at)
    return proposal


def propose_together(
    *, contract: models.Contract, baselines: Mapping[str, Sequence[Rate]], reason: str, by: Person, clock: Clock
) -> None:
    """New baselines of several children put to the other side: what `propose_baseline` does, in a few questions.

    Expects the contract locked, the children live, the baselines sound, and none of theirs proposed already.
    """
    if not may_propose_baseline(by, contract):
        raise NotPermitted(f"{by.full_name} may not propose a baseline.")
    keys = dict(models.Child.objects.filter(contract=contract, reference__in=baselines).values_list("reference", "pk"))
    proposals = models.BaselineProposal.objects.bulk_create(
        models.BaselineProposal(
            child_id=keys[child],
            rates=rates_written(rates),
            reason=reason,
            proposed_side=side_of(by, contract),
            proposed_by=by,
            proposed_at=next_stamp(contract, clock),
        )
        for child, rates in baselines.items()
    )
    keep_stamp(contract)
    entries = [
        audit.Entry(
            "baseline.proposed", f"child {child}", _detail(child, proposal, proposal.proposed_at), proposal.proposed_at
        )
        for child, proposal in zip(baselines, proposals, strict=True)
    ]
    audit.record_all(stream=stream_of(contract), by=by, entries=entries)


def agree_baseline(*, proposal: models.BaselineProposal, by: Person, clock: Clock) -> datetime:
    """When the proposed baseline was recorded as the child's own, both sides having agreed it.

    The child's new version is recorded in the name of whoever agrees, of either side: this is the one way in which the
    provider changes a baseline. Raises `ActionNotPossible` once it was answered, and whatever the rules refuse.
    """
    contract = proposal.child.contract
    with checked_at_once():
        row, current = _decidable(contract, proposal, by, "agree")
        known = current_facts(row)
        child = replace(_live_child(known, proposal.child.reference), baseline=rates_read(current.rates))
        (recorded,) = enter(contract=row, facts=[child], known=known, by=by, clock=clock)
        at = next_stamp(row, clock)
        _decide(current, "agree", by, row, at, "")
        _agreed(current.child, current.rates, PROPOSED, by, row, at, proposal=current)
        keep_stamp(row)
        _audit(row, by, "baseline.agreed", child.id, current, at)
    return recorded


def decline_baseline(*, proposal: models.BaselineProposal, reason: str, by: Person, clock: Clock) -> None:
    """The proposal is declined by the other side, with a reason; the child's baseline stays as it is."""
    if not reason.strip():
        raise Refused([Problem("reason", "say why the baseline is declined")])
    _close(proposal, "decline", reason.strip(), by, clock)


def withdraw_baseline(*, proposal: models.BaselineProposal, by: Person, clock: Clock) -> None:
    """The proposal is taken back by the side that made it."""
    _close(proposal, "withdraw", "", by, clock)


def agree_recorded_baseline(
    *, contract: models.Contract, child: str, rates: Sequence[Rate], by: Person, clock: Clock
) -> None:
    """The provider agrees to the baseline that the council has recorded of the child: these very rates.

    Raises `BaselineHasChanged` when they are no longer the ones recorded, so that nobody agrees to what they have not
    read.
    """
    _require_party(by, contract)
    if not may_agree_recorded_baseline(by, contract):
        raise NotPermitted(f"{by.full_name} may not agree to a baseline that the council has recorded.")
    with checked_at_once():
        row = locked(contract)
        current = _live_child(current_facts(row), child)
        if current.baseline != tuple(rates):
            raise BaselineHasChanged(f"The baseline of child {child} has changed since you read it. Look at it again.")
        if agreed_baselines(row, [child]).get(child) == current.baseline:
            raise BaselineHasChanged(f"The baseline of child {child} is agreed already.")
        at = next_stamp(row, clock)
        identity = models.Child.objects.get(contract=row, reference=child)
        agreement = _agreed(identity, rates_written(rates), RECORDED, by, row, at)
        keep_stamp(row)
        _audit(row, by, "baseline.agreed", child, agreement, at)


@transaction.atomic
def note_loaded_baselines(*, contract: models.Contract, by: Person) -> None:
    """The baselines of a contract that was loaded whole count as agreed by both: it stood before it came here.

    Noted as of the last instant of the loading, which moves no stamp on. Council only; once, at the end of loading.
    """
    row = locked(contract)
    at = row.last_stamped_at
    if not may_propose_baseline(by, row) or side_of(by, row) != "council":
        raise NotPermitted("Only the council’s officers load a contract.")
    children = current_facts(row).children
    if at is None or not children:
        return
    identities = models.Child.objects.filter(contract=row, reference__in=children)
    models.BaselineAgreement.objects.bulk_create(
        models.BaselineAgreement(
            child=identity,
            rates=rates_written(children[identity.reference].baseline),
            because=LOADED,
            agreed_side="council",
            agreed_by=by,
            agreed_at=at,
        )
        for identity in identities.order_by("reference")
    )
    detail = {"children": len(children)}
    audit.record(
        stream=stream_of(row), by=by, action="baselines.loaded", subject="baselines as agreed", detail=detail, at=at
    )


def require_agreed_baseline(contract: models.Contract, known: KnownFacts, placement: str) -> None:
    """Raise `BaselineNotAgreed` unless both sides agreed the baseline of the child that lives in the placement."""
    found = known.placements.get(placement)
    child = known.children.get(found.child) if found else None
    if child is not None and agreed_baselines(contract, [child.id]).get(child.id) != child.baseline:
        raise BaselineNotAgreed(
            f"The baseline of child {child.id} is not agreed by both sides yet, so a claim for it cannot be agreed. "
            "It can be agreed on the child’s baseline page."
        )


# Steps


def _require_party(by: Person, contract: models.Contract) -> None:
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")


def _live_child(known: KnownFacts, reference: str) -> Child:
    child = known.children.get(reference)
    if child is None:
        raise NotFound(f"There is no child {reference}.")
    return child


def _require_sound(proposed: Child, reason: str, current: Child) -> None:
    problems = [*shape_problems(proposed), *too_large(proposed)]
    if not reason.strip():
        problems.append(Problem("reason", "say why the baseline should change"))
    if not problems and proposed.baseline == current.baseline:
        problems.append(Problem("baseline", "is the same as the one in force"))
    if problems:
        raise Refused(problems)


def _decidable(
    contract: models.Contract, proposal: models.BaselineProposal, by: Person, action: str
) -> tuple[models.Contract, models.BaselineProposal]:
    """The contract and the proposal, locked, once it is sure that this person may do this to it now."""
    _require_party(by, contract)
    row = locked(contract)
    current = (
        models.BaselineProposal.objects.select_for_update(of=("self",)).select_related("child").get(pk=proposal.pk)
    )
    if not may_decide_baseline(by, row, current, action):
        raise NotPermitted(f"{by.full_name} may not {action} this proposed baseline.")
    BASELINE_PROPOSAL.after(current.status, action)
    return row, current


def _close(proposal: models.BaselineProposal, action: str, reason: str, by: Person, clock: Clock) -> None:
    with checked_at_once():
        row, current = _decidable(proposal.child.contract, proposal, by, action)
        at = next_stamp(row, clock)
        _decide(current, action, by, row, at, reason)
        keep_stamp(row)
        _audit(row, by, f"baseline.{current.status}", current.child.reference, current, at)


def _decide(
    proposal: models.BaselineProposal, action: str, by: Person, contract: models.Contract, at: datetime, reason: str
) -> None:
    proposal.status = BASELINE_PROPOSAL.after(proposal.status, action)
    proposal.decided_side = side_of(by, contract)
    proposal.decided_by = by
    proposal.decided_at = at
    proposal.decision_reason = reason
    proposal.save(update_fields=["status", "decided_side", "decided_by", "decided_at", "decision_reason"])


def _agreed(
    child: models.Child,
    rates: object,
    because: str,
    by: Person,
    contract: models.Contract,
    at: datetime,
    proposal: models.BaselineProposal | None = None,
) -> models.BaselineAgreement:
    return models.BaselineAgreement.objects.create(
        child=child,
        rates=rates,
        because=because,
        proposal=proposal,
        agreed_side=side_of(by, contract),
        agreed_by=by,
        agreed_at=at,
    )


def _audit(
    contract: models.Contract,
    by: Person,
    action: str,
    child: str,
    row: models.BaselineProposal | models.BaselineAgreement,
    at: datetime,
) -> None:
    detail = _detail(child, row, at)
    audit.record(stream=stream_of(contract), by=by, action=action, subject=f"child {child}", detail=detail, at=at)
    tell_of_baseline(contract, row.child_id, f"A baseline is {action.removeprefix('baseline.')}", by=by, at=at)


def _detail(child: str, row: models.BaselineProposal | models.BaselineAgreement, at: datetime) -> dict[str, object]:
    return {"row": row.pk, "baseline_sha256": digest_of(Child(child, at.date(), None, rates_read(row.rates)))}
