"""Passwords: chosen anew by a mailed link, or changed by their owner. Either ends the person's other sessions."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from pbr_ledger.accounts.models import PASSWORD_RESET, Person
from pbr_ledger.accounts.services.ground import locked_person, record
from pbr_ledger.accounts.services.links import PASSWORD_RESET_LASTS, made_link, used_link
from pbr_ledger.accounts.services.sessions import end_sessions
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused

WEAKNESSES = {
    "password_too_short": "it must have at least 12 characters",
    "password_too_common": "it is one that many people use, choose another",
    "password_of_this_place": "it is made of words that anybody here would try first, choose others",
    "password_too_similar": "it is too much like your name or e-mail address",
}
"""What is said of a weak password, by the code of Django's validator."""
UNKNOWN = "an address that nobody has"


@transaction.atomic
def ask_for_password_reset(*, email: str, address: str, clock: Clock) -> None:
    """A link by mail to whoever has this e-mail address and a password; nobody is told whether there is anyone.

    `address` is the network address from which it was asked.
    """
    at = clock.read(after=None)
    person = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    subject = person.email if person else UNKNOWN
    record(None, "password.reset_asked", subject, {"from": address}, at)
    if person and person.has_usable_password():
        made_link(locked_person(person), PASSWORD_RESET, PASSWORD_RESET_LASTS, None, at)


@transaction.atomic
def reset_password(*, token: str, password: str, clock: Clock) -> Person:
    """The person of this link, with the new password and signed out everywhere. The second factor stays as it is.

    Raises `LinkNotOpen`, and `Refused` for a weak password.
    """
    at = clock.read(after=None)
    link = used_link(token, PASSWORD_RESET, at)
    keep_password(link.person, password)
    ended = end_sessions(link.person)
    record(link.person, "password.reset", link.person.email, {"link": link.pk, "sessions": ended}, at)
    return link.person


@transaction.atomic
def change_password(*, person: Person, password: str, session: str, clock: Clock) -> None:
    """Give the person the new password, and end their sessions but the one of this key. Raises `Refused` if weak."""
    locked_person(person)
    keep_password(person, password)
    ended = end_sessions(person, but=session)
    record(person, "password.changed", person.email, {"sessions": ended}, clock.read(after=None))


def keep_password(person: Person, password: str) -> None:
    """Store the password's hash. Raises `Refused` for a weak one; whoever calls audits."""
    try:
        validate_password(password, person)
    except ValidationError as weak:
        problems = [
            Problem("password", WEAKNESSES.get(str(error.code), error.messages[0])) for error in weak.error_list
        ]
        raise Refused(problems) from weak
    person.set_password(password)
    person.save(update_fields=["password"])
