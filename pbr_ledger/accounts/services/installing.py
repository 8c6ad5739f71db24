"""How the first administrator comes in, whom nobody can invite: by a link that is shown where it is asked for."""

from django.db import transaction

from pbr_ledger.accounts.models import PASSWORD_RESET, OneTimeLink, Person
from pbr_ledger.accounts.queries import roles_now
from pbr_ledger.accounts.services.ground import AlreadyInstalled, locked_person, record
from pbr_ledger.accounts.services.links import PASSWORD_RESET_LASTS, unmailed_link
from pbr_ledger.accounts.services.people import install_first_administrator
from pbr_ledger.clock import Clock

ON_THE_HOST = "a shell on the ledger’s host"
"""From where the link was asked for, as the activity log says it."""


@transaction.atomic
def let_in_first_administrator(
    *, organisation_name: str, organisation_reference: str, email: str, full_name: str, clock: Clock
) -> OneTimeLink:
    """The link with which the first administrator chooses a password: it works once, for two hours, and is not mailed.

    The first call installs the council and the person. Until somebody has come in, a further one for an administrator
    who is there gives them another link in the place of the last. Raises `AlreadyInstalled` after that.
    """
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        person = install_first_administrator(
            organisation_name=organisation_name,
            organisation_reference=organisation_reference,
            email=email,
            full_name=full_name,
            password=None,
            clock=clock,
        )
    locked = locked_person(person)
    if _somebody_has_come_in():
        raise AlreadyInstalled("Somebody has come in already. Who else shall is invited by an administrator.")
    if "administrator" not in roles_now(locked):
        raise AlreadyInstalled(f"{locked.full_name} is no administrator, and is invited by one.")
    at = clock.read(after=None)
    record(None, "password.reset_asked", locked.email, {"from": ON_THE_HOST}, at)
    return unmailed_link(locked, PASSWORD_RESET, PASSWORD_RESET_LASTS, None, at)


def _somebody_has_come_in() -> bool:
    """Whether anybody has a password, or has signed in without one: over the directory, or with a passkey."""
    have_a_password = Person.objects.exclude(password__startswith="!")  # noqa: S106 - Django's sign for none
    return have_a_password.exists() or Person.objects.exclude(last_login=None).exists()
