"""What a token can permit: one scope for each resource and verb, and the kinds of organisation it can be given to."""

from dataclasses import dataclass

from pbr_ledger.accounts.roles import AGENT, COUNCIL, ORGANISATION_KINDS, PROVIDER

EVERYBODY = frozenset(ORGANISATION_KINDS)
PARTIES = frozenset({COUNCIL, PROVIDER})
ONLY_AGENT = frozenset({AGENT})
ONLY_COUNCIL = frozenset({COUNCIL})
ONLY_PROVIDER = frozenset({PROVIDER})


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
    "children:read": Scope("Read the children of the cohort and their baselines", PARTIES),
    "children:write": Scope("Record, correct, retract and restore children", ONLY_COUNCIL),
    "baselines:agree": Scope("Agree to the baselines that the council has recorded", ONLY_PROVIDER),
    "placements:read": Scope("Read placements and their prices", PARTIES),
    "placements:write": Scope("Record, correct, retract and restore placements, and report breakdowns", PARTIES),
    "claims:read": Scope("Read claims and what is said about them", PARTIES),
    "claims:submit": Scope("Submit, answer and withdraw claims", ONLY_PROVIDER),
    "claims:decide": Scope("Agree, query and reject claims, and agree moves that both sides know of", ONLY_COUNCIL),
    "households:read": Scope("Read carer households", PARTIES),
    "households:write": Scope("Record, correct, retract and restore carer households", PARTIES),
    "extra-costs:read": Scope("Read what is paid beside placements", PARTIES),
    "extra-costs:write": Scope("Record, correct, retract and restore extra costs", ONLY_COUNCIL),
    "expenses:read": Scope("Read travel that is charged", PARTIES),
    "expenses:write": Scope("Record, correct, retract and restore expenses", PARTIES),
    "evidence:read": Scope("Read evidence and open its files", PARTIES),
    "evidence:write": Scope("Attach evidence", PARTIES),
    "webhooks:read": Scope("Read endpoints for webhooks, and what was delivered to them", EVERYBODY),
    "webhooks:write": Scope("Keep endpoints for webhooks, and send again", EVERYBODY),
}
"""Every scope by its name."""


def scopes_for(kind: str) -> list[str]:
    """The scopes that a client of such an organisation can hold, in their order."""
    return [name for name, scope in SCOPES.items() if kind in scope.kinds]
