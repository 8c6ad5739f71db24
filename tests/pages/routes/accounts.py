"""Addresses of signing in, of one's own account, and of people and organisations.

Whose pages these are does not hang on a contract: administrators of a council keep everybody's people, all others those
of their own organisation. The person of these addresses is of the contract's provider.
"""

from dataclasses import dataclass
from typing import Any

from cohort.models import Contract
from pbr_ledger.accounts.models import DirectoryAccount, Person, RoleGrant
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.routes.table import FORBIDDEN, MISSING, NOBODY, PAGE, SENT_ON, WRONG_METHOD, Route

ADMINISTRATORS = frozenset({"council administrator", "provider administrator", "agent administrator"})
COUNCIL_ADMINISTRATOR = frozenset({"council administrator"})


@dataclass(frozen=True)
class PeopleRoute(Route):
    """An address for `keepers`, wherever they are; others are forbidden. By GET keepers get `answer`.

    With `of_provider`, administrators of the contract's provider are keepers too; other administrators find nothing.
    """

    keepers: frozenset[str] = ADMINISTRATORS
    of_provider: bool = False
    posted: bool = False
    after_post: frozenset[str] = frozenset({PAGE, SENT_ON})

    def _keeps(self, who: str, *, of_the_contract: bool) -> bool:
        return who in self.keepers or (self.of_provider and of_the_contract and who == "provider administrator")

    def by_get(self, who: str, *, of_the_contract: bool) -> str:
        """What somebody signed in gets."""
        if self.answer == WRONG_METHOD or self._keeps(who, of_the_contract=of_the_contract):
            return self.answer
        return MISSING if self.of_provider and who in ADMINISTRATORS else FORBIDDEN

    def by_post(self, who: str, *, of_the_contract: bool) -> set[str]:
        """What somebody signed in may get for an empty form."""
        if not self.posted:
            return {WRONG_METHOD}
        if self._keeps(who, of_the_contract=of_the_contract):
            return set(self.after_post)
        return {MISSING if self.of_provider and who in ADMINISTRATORS else FORBIDDEN}


def own(answer: str = PAGE, others: str | None = None) -> Route:
    """An address of one's own account: everybody's, whatever the contract."""
    return Route(readers=NOBODY, others=others or answer, answer=answer)


def button_of_ones_own() -> Route:
    """A button of one's own account; what it is about in these addresses is nobody's."""
    return Route(readers=NOBODY, answer=WRONG_METHOD, others=MISSING, writers=NOBODY)


def about_person(*, posted: bool = False, answer: str = PAGE) -> PeopleRoute:
    """A page about the person of the contract's provider."""
    return PeopleRoute(keepers=COUNCIL_ADMINISTRATOR, of_provider=True, posted=posted, answer=answer)


def button_about_person(*, after: frozenset[str] = frozenset({SENT_ON})) -> PeopleRoute:
    """A button about the person."""
    return PeopleRoute(
        keepers=COUNCIL_ADMINISTRATOR, of_provider=True, posted=True, answer=WRONG_METHOD, after_post=after
    )


def coming_in(answer: str = PAGE) -> Route:
    """An address before the sign-in; whoever is in already is sent on."""
    return Route(readers=NOBODY, others=SENT_ON, anonymous=answer, writers=NOBODY)


LINK = Route(readers=NOBODY, others=MISSING, anonymous=MISSING, writers=NOBODY)
"""A mailed link that never was."""
BUTTON = Route(readers=NOBODY, answer=WRONG_METHOD, others=SENT_ON, anonymous=WRONG_METHOD, writers=NOBODY)
NO_DIRECTORY = Route(readers=NOBODY, others=MISSING, anonymous=MISSING)

ROUTES: dict[str, Route] = {
    "sign-in": coming_in(),
    "account_login": coming_in(),
    "second-factor": coming_in(SENT_ON),
    "mfa_authenticate": coming_in(SENT_ON),
    "passkey-sign-in": coming_in(SENT_ON),
    "directory": NO_DIRECTORY,
    "directory-answer": NO_DIRECTORY,
    "openid_connect_callback": NO_DIRECTORY,
    "sign-out": BUTTON,
    "invitation": LINK,
    "new-password": LINK,
    "guide": Route(readers=NOBODY, answer=MISSING, others=MISSING, anonymous=MISSING),
    "forgotten-password": Route(readers=NOBODY, others=PAGE, anonymous=PAGE, writers=NOBODY),
    "account": own(),
    "change-password": own(),
    "notice-choices": own(),
    "kept-filters": own(),
    "shortcuts": own(),
    "filter-keep": Route(readers=NOBODY, answer=SENT_ON, others=SENT_ON, writers=NOBODY),
    "filter-rename": Route(readers=NOBODY, answer=MISSING, others=MISSING, writers=NOBODY),
    "filter-delete": button_of_ones_own(),
    "search": own(),
    "second-factor-set-up": own(),
    "second-factor-app-add": own(),
    "passkey-add": own(),
    "second-factor-remove": button_of_ones_own(),
    "recovery-codes": own(),
    "recovery-codes-new": button_of_ones_own(),
    "sessions-end": button_of_ones_own(),
    "session-end": button_of_ones_own(),
    "people": PeopleRoute(),
    "person-invite": PeopleRoute(posted=True),
    "person": about_person(),
    "person-invite-again": button_about_person(),
    "person-close": about_person(posted=True),
    "role-give": about_person(posted=True),
    "role-take": button_about_person(),
    "directory-release": about_person(posted=True),
    "lost-factor": about_person(posted=True),
    "lost-factor-confirm": button_about_person(after=frozenset({MISSING})),
    "lost-factor-withdraw": button_about_person(after=frozenset({MISSING})),
    "organisations": PeopleRoute(keepers=COUNCIL_ADMINISTRATOR),
    "organisation-add": PeopleRoute(keepers=COUNCIL_ADMINISTRATOR, posted=True),
    "organisation": PeopleRoute(keepers=COUNCIL_ADMINISTRATOR, posted=True),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What these addresses are made of: somebody of the contract's provider, made for this, and what nobody has."""
    email = f"somebody.else@{contract.provider.reference}.example"
    person, made = Person.objects.get_or_create(
        email=email, defaults={"organisation": contract.provider, "full_name": "Sue Somebody-Else"}
    )
    if made:
        giver = RoleGrant.objects.filter(role="administrator").earliest("pk").person
        at = DATABASE_CLOCK.read(after=None)
        RoleGrant.objects.create(person=person, role="provider_staff", granted_by=giver, granted_at=at)
        DirectoryAccount.objects.create(person=person, issuer="https://directory.example", subject=email, kept_at=at)
    return {
        "person_id": person.pk,
        "grant_id": person.role_grants.get().pk,
        "organisation_id": contract.provider_id,
        "listing": "people",
        "filter_id": 0,
        "reset_id": 0,
        "factor_id": 0,
        "session_id": 0,
        "token": "never-made",
    }
