"""Answering a request of access: everything held about one child, as one file, noted in the activity log."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cohort.core.facts import Retraction
from cohort.models import Contract
from cohort.queries import subjects
from cohort.queries.erasures import refuse_erased
from cohort.queries.history import FactHistory
from cohort.queries.subjects import Subject, subject_of
from cohort.rules import may_answer_access
from cohort.services import stream_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import NotFound, NotPermitted
from pbr_ledger.money import pounds_text
from pbr_ledger.uploads import kept
from pbr_ledger.uploads.content import MEDIA_TYPES
from pbr_ledger.words import file_stem, instant_shown, month_shown
from savings.core.nights import journeys, priced_nights
from savings.documents.subject_access import Part, Row, zip_of
from savings.models import Dispute, KeptScenario, Proposal, ScenarioVersion
from savings.pages.lines import line_opened
from savings.queries import closed_statements
from savings.services.reports import reproduced

NOTES = (
    "References stand for people: the council keeps the key to names. Amounts are pounds; times are London's.",
    """References of other children of the contract were taken out of what people wrote. Before you hand this out, read
every free text and open every file of evidence: only a person can see whether they tell of somebody else.""",
    """A carer household is named by its reference alone, as what is known of it is about the carers. Expenses are not
kept by child. Totals, invoices and books name no child.""",
    "What is shown here is what the ledger holds; case files and correspondence are elsewhere.",
)

ENDINGS = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """The file, its name and its SHA-256."""

    name: str
    content: bytes
    sha256: str


@transaction.atomic
def subject_access(*, contract: Contract, child: str, by: Person, clock: Clock) -> SubjectFile:
    """Everything held about the child, as a ZIP; that it was made, and its hash, are in the activity log.

    Raises `NotPermitted` to all but the council's Lead Accountant, `NotFound` where there was never such a child, and
    `ContractErased`.
    """
    if not may_answer_access(by, contract):
        raise NotPermitted("Only the Lead Accountant of the contract’s council answers requests of access.")
    refuse_erased(contract)
    subject = subject_of(contract=contract, reference=child)
    if subject is None:
        raise NotFound(f"{contract.reference} has no child {child}.")
    at = clock.read(after=None)
    files = {_file_name(row): kept(row.kept_as, sha256=row.sha256) for row in subjects.evidence_about(subject)}
    heading = f"What the ledger holds about child {child} under contract {contract.reference}"
    made = f"Made for {by.full_name}, {by.organisation.name}, on {instant_shown(at)}."
    content = zip_of(heading=heading, notes=[made, *NOTES], parts=list(_parts(subject, by)), files=files)
    digest = hashlib.sha256(content).hexdigest()
    detail = {"sha256": digest, "files": len(files)}
    audit.record(
        stream=stream_of(contract), by=by, action="subject_access.made", subject=f"child {child}", detail=detail, at=at
    )
    return SubjectFile(f"{file_stem(f'{contract.reference} child {child}')}.zip", content, digest)


def _parts(subject: Subject, by: Person) -> Iterator[Part]:
    versions = [row for history in subject.histories for row in _versions(history)]
    yield Part("facts", "every version of every fact, who recorded it, and until when it was known", versions)
    yield Part("claim-messages", "reasons, questions and answers about its claims", list(_notes(subject)))
    yield Part("evidence", "the list of files, with the hash of each", list(_evidence(subject)))
    yield Part("baselines", "baselines proposed and agreed", list(_baselines(subject)))
    yield Part("statements", "its part of each closed month, and how it was worked out", list(_stated(subject)))
    yield Part("proposals", "its part of each month’s figures as they were proposed", list(_proposed(subject)))
    yield Part("disputes", "objections to its figures", list(_disputes(subject)))
    yield Part("scenarios", "what your organisation planned for it in what ifs", list(_scenarios(subject, by)))
    yield Part("imports", "rows of files that were read and not recorded", list(_imports(subject)))
    yield Part("activity", "who did what that concerned it, and when", list(_events(subject)))


def _versions(history: FactHistory) -> Iterator[Row]:
    for version in history.versions:
        said = {"retracted": "yes"} if isinstance(version.content, Retraction) else _plain(asdict(version.content))
        yield {
            "fact": history.kind.replace("_", " "),
            "reference": history.reference,
            "recorded": instant_shown(version.recorded_at),
            "recorded by": _person(version.recorded_by),
            "known until": _instant(version.superseded_at),
            **{name: text for name, text in said.items() if name != "id"},
        }


def _plain(said: Mapping[str, Any]) -> dict[str, str]:
    """Each part of a fact as text: pence as pounds, and lists as JSON."""
    return {name.removesuffix("_pence").replace("_", " "): _text(name, value) for name, value in said.items()}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("_pence"):
        return pounds_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return json.dumps([_plain(each) for each in value], ensure_ascii=False)
    return str(value)


def _notes(subject: Subject) -> Iterator[Row]:
    for note in subjects.notes_about(subject):
        yield {
            "claim": note.claim.reference,
            "written": instant_shown(note.written_at),
            "by": _person(note.written_by),
            "with the status": note.status,
            "text": subject.without_others(note.text),
        }


def _evidence(subject: Subject) -> Iterator[Row]:
    for row in subjects.evidence_about(subject):
        withdrawal = getattr(row, "withdrawal", None)
        yield {
            "file": f"evidence/{_file_name(row)}",
            "beside": row.fact.reference,
            "name": subject.without_others(row.name),
            "attached": instant_shown(row.attached_at),
            "by": _person(row.attached_by),
            "type": row.media_type,
            "sha256": row.sha256,
            "withdrawn": _instant(withdrawal.withdrawn_at) if withdrawal else "",
            "because": subject.without_others(withdrawal.reason) if withdrawal else "",
        }


def _file_name(row: Any) -> str:
    """By number: names that people gave may say anything."""
    return f"{row.pk}.{ENDINGS[row.media_type]}"


def _baselines(subject: Subject) -> Iterator[Row]:
    for proposed in subjects.baseline_proposals_about(subject):
        yield {
            "what": f"proposed by the {proposed.proposed_side}",
            "at": instant_shown(proposed.proposed_at),
            "by": _person(proposed.proposed_by),
            "rates": json.dumps(proposed.rates),
            "reason": subject.without_others(proposed.reason),
            "became": proposed.status,
            "decided": _instant(proposed.decided_at),
            "decided by": _person(proposed.decided_by) if proposed.decided_by else "",
            "decided because": subject.without_others(proposed.decision_reason),
        }
    for agreed in subjects.baseline_agreements_about(subject):
        yield {
            "what": f"agreed ({agreed.because})",
            "at": instant_shown(agreed.agreed_at),
            "by": _person(agreed.agreed_by),
            "rates": json.dumps(agreed.rates),
        }


def _stated(subject: Subject) -> Iterator[Row]:
    """Each closed month: the child's line with its sum, adjustments of earlier months, run rate and carer fees."""
    for closed in closed_statements(subject.contract).select_related("contract"):
        worked = reproduced(closed)
        result, child = worked.result, subject.reference
        children = journeys(worked.known)
        for line in (line for line in result.lines if line.child == child):
            runs = tuple(priced_nights(children[child], month=result.month, terms=result.terms))
            opened = line_opened(line, runs, result.month)
            why = "; ".join(f"{run.heading}, {run.where}: {_steps(run)}" for run in opened.runs)
            yield _figure(closed, "saving of the month", line.saving_pence, f"{why}. {opened.sum}")
        for entry in (entry for entry in result.adjustments if entry.child == child):
            yield _figure(closed, f"adjustment of {month_shown(entry.month)}", entry.saving_pence, "")
        if child in result.run_rate.by_child:
            yield _figure(closed, "run rate, a year", result.run_rate.by_child[child], "")
        for fee in (fee for fee in result.carer_fees if fee.child == child):
            yield _figure(closed, f"carer fee, due on {fee.due_on.isoformat()}", fee.amount_pence, "")


def _steps(run: Any) -> str:
    return ", ".join(f"{step.text} {step.amount}" for step in run.steps)


def _figure(closed: Any, name: str, pence: int, why: str) -> Row:
    return {
        "month": month_shown(closed.month),
        "closed": instant_shown(closed.closed_at),
        "figure": name,
        "amount": pounds_text(pence),
        "why": why,
    }


def _proposed(subject: Subject) -> Iterator[Row]:
    for proposal in Proposal.objects.filter(contract=subject.contract).order_by("month_start", "number"):
        document = json.loads(proposal.document)
        for line in (*document["lines"], *document["adjustments"]):
            if line["child"] == subject.reference:
                yield {
                    "month": month_shown(proposal.month),
                    "proposal": str(proposal.number),
                    "proposed": instant_shown(proposal.proposed_at),
                    "became": proposal.status,
                    "saving of": line.get("month", document["month"]),
                    "nights": str(line.get("nights", "")),
                    "saving": line["saving"],
                }


def _disputes(subject: Subject) -> Iterator[Row]:
    disputes = Dispute.objects.filter(proposal__contract=subject.contract).select_related("proposal", "disputed_by")
    for dispute in disputes.order_by("disputed_at"):
        if subject.is_named_in(f"{dispute.about} {dispute.reason}"):
            yield {
                "month": month_shown(dispute.proposal.month),
                "side": dispute.side,
                "about": subject.without_others(dispute.about),
                "reason": subject.without_others(dispute.reason),
                "disputed": instant_shown(dispute.disputed_at),
                "by": _person(dispute.disputed_by),
                "withdrawn": _instant(dispute.withdrawn_at),
            }


def _scenarios(subject: Subject, by: Person) -> Iterator[Row]:
    """Of the organisation that answers alone: those of the other party are its own to answer for."""
    own = KeptScenario.objects.filter(contract=subject.contract, organisation=by.organisation_id)
    for version in ScenarioVersion.objects.filter(scenario__in=own).order_by("scenario", "number"):
        yield from _named(subject, f"{version.scenario_id}, version {version.number}", version.changes)
    for scenario in own.exclude(document=""):
        yield from _named(subject, f"{scenario.pk}, as imported", json.loads(scenario.document)["facts"])


def _named(subject: Subject, where: str, said: Iterable[Any]) -> Iterator[Row]:
    for each in said:
        text = json.dumps(each, ensure_ascii=False)
        if subject.is_named_in(text):
            yield {"scenario": where, "said": subject.without_others(text)}


def _imports(subject: Subject) -> Iterator[Row]:
    for sheet, row in subjects.imported_about(subject):
        yield {"sheet": sheet, "row": subject.without_others(json.dumps(row, ensure_ascii=False))}


def _events(subject: Subject) -> Iterator[Row]:
    for event in subjects.events_about(subject):
        yield {
            "number": str(event.sequence),
            "at": instant_shown(event.at),
            "who": event.actor_name,
            "did": event.action,
            "about": subject.without_others(event.subject),
            "detail": subject.without_others(_own_detail(subject, event.detail)),
            "hash": event.hash,
        }


def _own_detail(subject: Subject, text: str) -> str:
    """The detail without the figures of other children, of which an event may list many."""
    detail = json.loads(text)
    if isinstance(detail.get("changed"), list):
        detail["changed"] = [each for each in detail["changed"] if subject.is_named_in(str(each[0]))]
    return json.dumps(detail, ensure_ascii=False)


def _person(person: Person) -> str:
    return f"{person.full_name}, {person.organisation.name}"


def _instant(at: datetime | None) -> str:
    return instant_shown(at) if at else ""
