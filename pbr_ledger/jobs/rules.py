"""Who may watch the work in the background, and who may set failed work going again."""

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import COUNCIL
from pbr_ledger.jobs.models import Job

WATCHERS = frozenset({"manage_people", "read_activity"})


def may_watch_work(person: Person) -> bool:
    """Administrators, auditors and Lead Accountants of a council."""
    return person.organisation.kind == COUNCIL and bool(WATCHERS & permissions_now(person))


def may_rerun_work(person: Person) -> bool:
    """Administrators of a council; which of it, `may_rerun` says."""
    return person.organisation.kind == COUNCIL and "manage_people" in permissions_now(person)


def may_rerun(person: Person, job: Job) -> bool:
    """Administrators of a council, unless the job is another council's business."""
    return may_rerun_work(person) and not is_another_councils(job, person)


def is_another_councils(job: Job, person: Person) -> bool:
    """Whether it is the business of a council, and not of this person's."""
    whose = job.organisation
    return whose is not None and whose.kind == COUNCIL and whose.pk != person.organisation_id


def may_read_findings(person: Person) -> bool:
    """Those who read the log, of what concerns their own council; others see how many findings there are."""
    return person.organisation.kind == COUNCIL and "read_activity" in permissions_now(person)
