"""One-time links: made, mailed by a job (the very first is shown at a shell), used once, withdrawn.

What stands in the address is worked out from the link's seed and the secret key, so that the job can write it into the
mail as often as it tries; the database alone never gives it away.
"""

import uuid
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from pbr_ledger.accounts.models import OneTimeLink, Person
from pbr_ledger.accounts.queries import link_hash, links_open
from pbr_ledger.accounts.services.ground import LinkNotOpen
from pbr_ledger.jobs.services import enqueue

MAIL_LINK = "one-time-link.mail"
"""The kind of job that mails a link; its key is the link's."""
INVITATION_LASTS = timedelta(days=7)
PASSWORD_RESET_LASTS = timedelta(hours=2)
_SALT = "pbr_ledger.accounts.links"


def token_of(link: OneTimeLink) -> str:
    """What stands in the link's address, for the mail alone. Raises `LinkNotOpen` if the secret key has changed."""
    token = _token(link.seed)
    if link_hash(token) != link.token_hash:
        raise LinkNotOpen("The secret key has changed since this link was made: a new one has to be made.")
    return token


def made_link(person: Person, purpose: str, lasts: timedelta, by: Person | None, at: datetime) -> OneTimeLink:
    """A new link for the person, and the job that mails it; an older one of the same purpose stops working."""
    link = unmailed_link(person, purpose, lasts, by, at)
    enqueue(kind=MAIL_LINK, key=str(link.pk), subject=str(link), organisation_id=person.organisation_id)
    return link


def unmailed_link(person: Person, purpose: str, lasts: timedelta, by: Person | None, at: datetime) -> OneTimeLink:
    """The same without the mail: whoever calls hands it over."""
    withdraw_links(person, at, purpose=purpose)
    seed = uuid.uuid4()
    return OneTimeLink.objects.create(
        person=person,
        purpose=purpose,
        seed=seed,
        token_hash=link_hash(_token(seed)),
        made_by=by,
        made_at=at,
        expires_at=at + lasts,
    )


def used_link(token: str, purpose: str, at: datetime) -> OneTimeLink:
    """The open link of this token, used up now. Raises `LinkNotOpen`: used, expired, withdrawn or never made."""
    links = links_open(at).filter(token_hash=link_hash(token), purpose=purpose)
    link = links.select_for_update(of=("self",)).select_related("person__organisation").first()
    if link is None:
        raise LinkNotOpen("This link does not work any more.")
    OneTimeLink.objects.filter(pk=link.pk).update(used_at=at)
    return link


def withdraw_links(person: Person, at: datetime, *, purpose: str = "") -> None:
    """The person's unused links stop working: those of the purpose, or all."""
    links = OneTimeLink.objects.filter(person=person, used_at=None, withdrawn_at=None)
    (links.filter(purpose=purpose) if purpose else links).update(withdrawn_at=at)


def _token(seed: uuid.UUID) -> str:
    return salted_hmac(_SALT, str(seed), algorithm="sha256").hexdigest()
