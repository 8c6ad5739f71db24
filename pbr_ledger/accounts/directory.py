"""What a council's directory states of whoever comes from there, and who that is here."""

from dataclasses import dataclass
from typing import Any, TypeGuard

from allauth.socialaccount.models import SocialLogin

from pbr_ledger.accounts.models import LONGEST_ISSUER, LONGEST_SUBJECT, Person
from pbr_ledger.accounts.queries import directory_account_of, person_in_directory


@dataclass(frozen=True, slots=True)
class Stated:
    """Who the directory says that it is: its own, lasting name for them, and e-mail addresses that it has verified."""

    issuer: str
    subject: str
    emails: tuple[str, ...]


def stated_by(login: SocialLogin) -> Stated | None:
    """What the directory states; None where it gives the person no name of its own, or two different ones.

    The name is `sub` of the ID token, under its `iss`. What the directory's userinfo adds counts only under the same
    `sub` (OpenID Connect Core 1.0, 5.3.2).
    """
    token: Any = login.account.extra_data.get("id_token")
    more: Any = login.account.extra_data.get("userinfo")
    if not isinstance(token, dict) or (more is not None and more.get("sub") != token.get("sub")):
        return None
    issuer, subject = token.get("iss"), token.get("sub")
    if not _is_text(issuer, LONGEST_ISSUER) or not _is_text(subject, LONGEST_SUBJECT):
        return None
    verified = (each.email.lower() for each in login.email_addresses if each.verified in {True, "true"})
    return Stated(issuer, subject, tuple(verified))


def person_stated(stated: Stated) -> Person | None:
    """Who that is here: whoever was kept under this name; else whoever has the address, and comes for the first time.

    None where nobody has an account. Leavers have none.
    """
    person = person_in_directory(stated.issuer, stated.subject)
    person = person or Person.objects.filter(email__in=stated.emails, is_active=True).first()
    return person if person and person.is_active else None


def is_somebody_else(person: Person, stated: Stated) -> bool:
    """Whether the directory knew the person by another name before, so that only the e-mail address is the same."""
    kept = directory_account_of(person)
    return kept is not None and (kept.issuer, kept.subject) != (stated.issuer, stated.subject)


def _is_text(value: object, longest: int) -> TypeGuard[str]:
    """PostgreSQL keeps no character of number nought in a text."""
    return isinstance(value, str) and 0 < len(value) <= longest and "\0" not in value
