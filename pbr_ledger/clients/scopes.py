"""What a token can permit: one scope for each resource and verb, and the kinds of organisation it can be given to."""

from dataclasses import dataclass

from pbr_ledger.accounts.roles import AGENT, COUNCIL, ORGANISATION_KINDS, PROVIDER

EVERYBODY = frozenset(ORGANISATION_KINDS)
PARTIES = frozenset({COUNCIL, PROVIDER})
ONLY_AGENT = frozenset({AGENT})
ONLY_COUNCIL = frozenset({COUNCIL})


@dataclass(frozen=True, slots=True)
class Scope:
    """What the scope permits, in words, and in which kinds of organisation a client may hold it."""

    description: str
    kinds: frozenset[str]


SCOPES = {
    "contracts:read": Scope("Read which contracts there are, and their parties", EVERYBODY),
    "invoices:read": Scope("Read invoices, credit notes and their documents", EVERYBODY),
    "payments:read": Scope("Read payments, repayments and set-offs", EVERYBODY),
    "payments:write": Scope("Record payments, repayments and set-offs, and reverse them", ONLY_AGENT),
    "events:read": Scope("Read what has happened, in its order", EVERYBODY),
    "statements:read": Scope("Read closed statements and what is proposed", PARTIES),
    "statements:propose": Scope("Propose a month’s figures", ONLY_COUNCIL),
    "statements:agree": Scope("Agree to proposed figures", PARTIES),
    "statements:dispute": Scope("Dispute proposed figures, and withdraw the dispute", PARTIES),
    "statements:close": Scope("Close a month", ONLY_COUNCIL),
    "facts:read": Scope("Read children, placements, claims, households, extra costs and expenses", PARTIES),
}
"""Every scope by its name."""


def scopes_for(kind: str) -> list[str]:
    """The scopes that a client of such an organisation can hold, in their order."""
    return [name for name, scope in SCOPES.items() if kind in scope.kinds]
