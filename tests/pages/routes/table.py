"""What a line of the table of addresses says."""

from dataclasses import dataclass

TO_SIGN_IN, SENT_ON, PAGE, FORBIDDEN, MISSING, WRONG_METHOD = (
    "to sign-in",
    "sent on",
    "page",
    "forbidden",
    "missing",
    "wrong method",
)
NEEDS_TOKEN, BAD_REQUEST = "needs a token", "bad request"
READERS = frozenset(
    {"council auditor", "council finance_officer", "council lead_accountant", "provider provider_staff"}
)
COUNCIL_OFFICERS = frozenset({"council finance_officer", "council lead_accountant"})
LEAD_ACCOUNTANT = frozenset({"council lead_accountant"})
PROVIDER_STAFF = frozenset({"provider provider_staff"})
COUNCIL_READERS = READERS - PROVIDER_STAFF
PAYMENTS_CLERK = frozenset({"agent payments_clerk"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """Who gets what from an address of a contract; people are those of the contract's own side.

    By GET, `readers` get `answer`, `forbidden` see the contract but may not open this, all other people get `others`.
    By POST, `writers` are let in (a page with what is missing, or sent on), `readers` and `forbidden` who are no
    writers are forbidden, others get `others`. With `writers` None the address takes no POST: wrong method for all
    who are signed in. With `answer` WRONG_METHOD it takes nothing but POST. With `of_no_contract` it makes no
    difference on which side somebody stands.
    """

    readers: frozenset[str] = READERS
    forbidden: frozenset[str] = NOBODY
    writers: frozenset[str] | None = None
    answer: str = PAGE
    others: str = MISSING
    anonymous: str = TO_SIGN_IN
    of_no_contract: bool = False

    def by_get(self, who: str, *, of_the_contract: bool) -> str:
        """What somebody signed in gets."""
        of_the_contract = of_the_contract or self.of_no_contract
        if of_the_contract and who in self.readers:
            return self.answer
        if of_the_contract and who in self.forbidden:
            return FORBIDDEN
        return WRONG_METHOD if self.answer == WRONG_METHOD else self.others

    def by_post(self, who: str, *, of_the_contract: bool) -> set[str]:
        """What somebody signed in may get for an empty form."""
        of_the_contract = of_the_contract or self.of_no_contract
        if self.writers is None:
            return {WRONG_METHOD}
        if of_the_contract and who in self.writers:
            return {PAGE, SENT_ON}
        if of_the_contract and who in self.readers | self.forbidden:
            return {FORBIDDEN}
        return {self.others}

    def by_post_unknown(self) -> set[str]:
        """What somebody not signed in may get."""
        return {self.anonymous}
