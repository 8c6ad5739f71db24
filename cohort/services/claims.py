"""Claims: submitted, answered and withdrawn by the provider, decided by the council (docs/contract.md 1.1).

What is said about a claim is written beside it, with the status that it explains, in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from cohort import models
from cohort.core.facts import Claim, KnownFacts
from cohort.core.validity import claim_problems
from cohort.lifecycles import CLAIM, LIVE_STATUSES
from cohort.models.claims import LONGEST_TEXT
from cohort.queries.facts import current_facts
from cohort.rules import is_party, may_add_facts, may_decide_claims, may_do_to_claim, reports_for_provider
from cohort.services.announcements import tell_of_claim
from cohort.services.baselines import require_agreed_baseline
from cohort.services.contracts import checked_at_once, keep_stamp, locked, next_stamp, stream_of
from cohort.services.evidence import KeptFile, Upload, add_rows, kept_files
from cohort.services.facts import enter, record_among, require_unchanged_since
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused

NEEDS_REASON = ("query", "reject", "answer", "withdraw")


class AlreadyClaimed(LedgerError):
    """The placement has a claim that is neither rejected nor withdrawn."""


def submit_claim(
    *, contract: models.Contract, placement: str, text: str, files: Sequence[Upload] = (), by: Person, clock: Clock
) -> models.Claim:
    """The provider's new claim for the placement, with what it says for it and the evidence.

    Raises `Refused` at `placement`, `text` or `files`, and `AlreadyClaimed`.
    """
    _require_party(by, contract)
    if not reports_for_provider(by, contract):
        raise NotPermitted("Only the provider’s staff submit claims.")
    _require_text(text, needed="Say what shows that the child has moved")
    kept = kept_files(files)
    return _new_claim(contract, placement, "submitted", text, kept, by, clock)


def agree_move(*, contract: models.Contract, placement: str, text: str, by: Person, clock: Clock) -> models.Claim:
    """A claim agreed at once, recorded by an officer of the council for a move that both sides know of.

    Raises `BaselineNotAgreed`, `AlreadyClaimed` where a claim waits for its decision, and whatever `record` refuses.
    """
    _require_party(by, contract)
    if not may_decide_claims(by, contract):
        raise NotPermitted("Only the council’s officers agree claims.")
    _require_text(text, needed="Say how both sides know of the move")
    return _new_claim(contract, placement, "agreed", text, [], by, clock)


def act_on_claim(
    *,
    contract: models.Contract,
    claim: str,
    action: str,
    text: str,
    files: Sequence[Upload] = (),
    by: Person,
    clock: Clock,
    as_seen_at: datetime | None = None,
) -> datetime:
    """When the claim was recorded with the status that the action leads to, and what was said with it.

    The council agrees, queries and rejects, the provider answers and withdraws; all but agreeing need words. `files`
    are attached with it. Raises `ActionNotPossible` when the claim has moved on, `ChangedMeanwhile` when it was
    recorded after `as_seen_at`, `BaselineNotAgreed`, and `Refused` at `text` or `files`.
    """
    _require_party(by, contract)
    if not may_do_to_claim(by, contract, action):
        raise NotPermitted(f"{by.full_name} may not {action} this claim.")
    _require_text(text, needed="Say why" if action in NEEDS_REASON else "")
    kept = kept_files(files)
    with checked_at_once():
        row = locked(contract)
        current = _live_claim(row, claim)
        require_unchanged_since(row, [current], as_seen_at)
        status = CLAIM.after(current.status, action)
        at = set_claim_status(contract=contract, claim=claim, status=status, text=text, by=by, clock=clock)
        if kept:
            identity = models.Claim.objects.get(contract=row, reference=claim)
            add_rows(contract=row, kind="claim", fact=identity, files=kept, by=by, at=at)
    return at


def set_claim_status(
    *, contract: models.Contract, claim: str, status: str, text: str = "", by: Person, clock: Clock
) -> datetime:
    """When the claim was recorded with its new status: the council decides, the provider withdraws or submits again.

    Agreeing needs a baseline that both sides agreed. Raises `NotFound` for a claim that is not live,
    `BaselineNotAgreed`, and whatever `record` refuses (docs/contract.md 1.1).
    """
    _require_party(by, contract)
    with checked_at_once():
        row = locked(contract)
        known = current_facts(row)
        current = _live_claim(row, claim, known)
        changed = replace(current, status=status)
        (at,) = record_among(known, contract=row, facts=[changed], by=by, clock=clock)
        if status == "agreed":
            require_agreed_baseline(row, known, current.placement)
        identity = models.Claim.objects.get(contract=row, reference=claim)
        _note(identity, status, text, by, at)
        tell_of_claim(row, identity.pk, f"A claim is {status}", by=by, at=at)
    contract.last_stamped_at = row.last_stamped_at
    return at


def write_to_claim(*, contract: models.Contract, claim: str, text: str, by: Person, clock: Clock) -> models.ClaimNote:
    """A message about the claim, from either side; it changes no status."""
    _require_party(by, contract)
    if not may_add_facts(by, contract):
        raise NotPermitted(f"{by.full_name} may not write about claims.")
    _require_text(text, needed="Enter a message")
    with checked_at_once():
        row = locked(contract)
        _live_claim(row, claim)
        at = next_stamp(row, clock)
        note = _note(models.Claim.objects.get(contract=row, reference=claim), "", text, by, at)
        keep_stamp(row)
        detail = {"row": note.pk if note else None}
        audit.record(
            stream=stream_of(row), by=by, action="claim.message", subject=f"claim {claim}", detail=detail, at=at
        )
        identity = models.Claim.objects.get(contract=row, reference=claim)
        tell_of_claim(row, identity.pk, "There is a message about a claim", by=by, at=at)
    assert note is not None  # noqa: S101 - there are words, so there is a note
    return note


# Steps


def _new_claim(
    contract: models.Contract,
    placement: str,
    status: str,
    text: str,
    files: Sequence[KeptFile],
    by: Person,
    clock: Clock,
) -> models.Claim:
    with checked_at_once():
        row = locked(contract)
        known = current_facts(row)
        claim = Claim(_new_reference(row, known, placement), placement, status)
        _require_claimable(claim, known)
        if status == "agreed":
            require_agreed_baseline(row, known, placement)
        (at,) = enter(contract=row, facts=[claim], known=known, by=by, clock=clock)
        identity = models.Claim.objects.get(contract=row, reference=claim.id)
        _note(identity, status, text, by, at)
        tell_of_claim(row, identity.pk, f"A claim is {status}", by=by, at=at)
        if files:
            add_rows(contract=row, kind="claim", fact=identity, files=files, by=by, at=at)
    contract.last_stamped_at = row.last_stamped_at
    return identity


def _require_claimable(claim: Claim, known: KnownFacts) -> None:
    if claim.placement not in known.placements:
        raise Refused([Problem("placement", "choose a placement from the list")])
    live = [
        each for each in known.claims.values() if each.placement == claim.placement and each.status in LIVE_STATUSES
    ]
    if live:
        raise AlreadyClaimed(f"Placement {claim.placement} is claimed already, by claim {live[0].id}.")
    if problems := claim_problems(claim, known):
        raise Refused(problems)


def _new_reference(contract: models.Contract, known: KnownFacts, placement: str) -> str:
    """A reference that no claim of the contract ever had: `C01-T1`, after the child."""
    found = known.placements.get(placement)
    stem = f"{found.child}-T" if found else "T"
    taken = set(models.Claim.objects.filter(contract=contract).values_list("reference", flat=True))
    return next(reference for number in count(1) if (reference := f"{stem}{number}") not in taken)


def _note(claim: models.Claim, status: str, text: str, by: Person, at: datetime) -> models.ClaimNote | None:
    """What was said, as a row; none where nothing was."""
    words = text.strip()
    if not words:
        return None
    return models.ClaimNote.objects.create(claim=claim, status=status, text=words, written_by=by, written_at=at)


def _require_text(text: str, *, needed: str) -> None:
    if needed and not text.strip():
        raise Refused([Problem("text", needed)])
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise Refused([Problem("text", f"write at most {LONGEST_TEXT:,} characters")])


def _require_party(by: Person, contract: models.Contract) -> None:
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")


def _live_claim(contract: models.Contract, reference: str, known: KnownFacts | None = None) -> Claim:
    claim = (known or current_facts(contract)).claims.get(reference)
    if claim is None:
        raise NotFound(f"There is no claim {reference}.")
    return claim
