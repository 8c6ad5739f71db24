"""What the activity log keeps of signing in: who, from where, and how far they came. Never what was typed."""

from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.services.ground import record
from pbr_ledger.clock import Clock

UNKNOWN = "an address that nobody has"


@transaction.atomic
def record_sign_in(*, person: Person, methods: list[str], address: str, clock: Clock) -> None:
    """Note that the person has signed in, with what, and from which network address."""
    record(person, "sign_in.done", person.email, {"with": methods, "from": address}, clock.read(after=None))


@transaction.atomic
def record_refusal(*, person: Person | None, step: str, address: str, clock: Clock) -> None:
    """Note that somebody was refused at this step. An e-mail address that nobody has is not kept: it may be a slip."""
    subject = person.email if person else UNKNOWN
    record(None, "sign_in.refused", subject, {"step": step, "from": address}, clock.read(after=None))
