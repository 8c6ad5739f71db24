"""Destroying what names or describes children and carers of one contract, when its time to be kept is over.

Everything happens on the connection of the tables' owner: the application's role can destroy nothing.
"""

from collections.abc import Mapping

from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.db.models import F
from psycopg.errors import LockNotAvailable

from cohort.models import Contract, Erasure
from cohort.rules import may_order_erasure
from cohort.services import stream_of
from invoicing.queries.checks import check_everything
from invoicing.queries.retention import OWNER, kept_until, totals_digest
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.audit.chain import seal_of
from pbr_ledger.audit.models import ERASED, AuditEvent
from pbr_ledger.errors import LedgerError, NotPermitted
from pbr_ledger.uploads.store import destroy
from pbr_ledger.words import count_shown, day_shown

PATIENCE = "20s"
"""How long to wait for each table, while others wait for those that are locked already."""


class NotDueYet(LedgerError):
    """The time for which the contract is kept is not over."""


class AlreadyErased(LedgerError):
    """The contract was erased before."""


class Busy(LedgerError):
    """Others were writing for so long that the tables could not be had alone."""


class NotWhole(LedgerError):
    """Something does not hold of the contract, and what could show why would be destroyed."""


def erase(*, contract: Contract, by: Person) -> Erasure:
    """What stands where the contract's children, carers and files stood, with the number of rows by table.

    The day is the database's own; no clock is taken. Rows and files go, totals, digests, invoices, payments and books
    stay; the activity log keeps every event's place and hash, and tells of this in the last one. Raises
    `NotPermitted`, `AlreadyErased`, `NotDueYet`, and `NotWhole` where `check_ledger` finds anything of the contract.
    """
    if not may_order_erasure(by, contract):
        raise NotPermitted("Only the Lead Accountant of the contract’s council orders what is destroyed.")
    _require_due(contract)
    findings = list(check_everything(contract))
    if findings:
        found = count_shown(len(findings), "finding")
        raise NotWhole(f"check_ledger has {found} about {contract.reference}: “{findings[0]}”. Nothing was destroyed.")
    with transaction.atomic(using=OWNER):
        _destroy_rows(contract, by)
        erasure = Erasure.objects.using(OWNER).select_related("contract").get(pk=contract.pk)
        _seal(erasure, by)
    return finish(erasure=erasure)


def finish(*, erasure: Erasure) -> Erasure:
    """The erasure, with every file off the disk that it still names; an interrupted one is finished by this."""
    left = list(erasure.files_left)
    for name in left:
        destroy(name)
    if left:
        erasure.files_left = []
        erasure.save(using=OWNER, update_fields=["files_left"])
    return erasure


def _destroy_rows(contract: Contract, by: Person) -> None:
    try:
        with connections[OWNER].cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute("SELECT retention_erase(%s, %s, %s)", [contract.pk, settings.RETENTION_YEARS, by.pk])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Busy(f"Others are writing: nothing was destroyed of {contract.reference}. Try again later.") from error


def _require_due(contract: Contract) -> None:
    kept = kept_until(contract)
    if kept.erasure is not None:
        raise AlreadyErased(f"{contract.reference} was erased on {day_shown(kept.erasure.erased_at.date())}.")
    if kept.due_on is None:
        raise NotDueYet(f"{contract.reference} has no terms, and so no end from which to count.")
    if not kept.is_due:
        raise NotDueYet(f"{contract.reference} is kept until {day_shown(kept.due_on)}. Nothing was destroyed.")


def _seal(erasure: Erasure, by: Person) -> None:
    """An event at the end of each stream in which others were erased: why, and the seal of what is left of them."""
    erased = AuditEvent.objects.using(OWNER).filter(erased_by=F("stream__length") + 1).order_by("stream", "sequence")
    streams: dict[str, list[AuditEvent]] = {stream_of(erasure.contract): []}
    for event in erased:
        streams.setdefault(event.stream_id, []).append(event)
    for stream, events in streams.items():
        audit.record(
            stream=stream,
            by=by,
            action=ERASED,
            subject=erasure.contract.reference,
            detail=_detail(erasure, events, whole=stream == stream_of(erasure.contract)),
            at=erasure.erased_at,
            using=OWNER,
        )


def _detail(erasure: Erasure, events: list[AuditEvent], *, whole: bool) -> Mapping[str, object]:
    sealed = {"events": len(events), "sha256": seal_of(events)}
    said = {"ended": erasure.ends_on.isoformat(), "due": erasure.due_on.isoformat(), "sealed": sealed}
    if not whole:
        return said
    totals = totals_digest(erasure.contract, OWNER)
    return {**said, "rows": erasure.rows, "files": erasure.files, "totals_sha256": totals}
