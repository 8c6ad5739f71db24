"""Roles as described bundles of permissions: who comes to do what, and in which kind of organisation."""

from dataclasses import dataclass

COUNCIL = "council"
PROVIDER = "provider"
AGENT = "agent"
ORGANISATION_KINDS = (COUNCIL, PROVIDER, AGENT)


@dataclass(frozen=True, slots=True)
class Role:
    """A bundle of permissions, and the kinds of organisation in which it may be granted."""

    key: str
    name: str
    description: str
    kinds: frozenset[str]
    permissions: frozenset[str]


def _role(key: str, name: str, description: str, *, kinds: set[str], permissions: set[str]) -> Role:
    return Role(key, name, description, frozenset(kinds), frozenset(permissions))


_ALL_ROLES = (
    _role(
        "finance_officer",
        "Finance officer",
        "Keeps the cohort, placements and prices; decides claims; proposes and agrees the month's statement; "
        "approves invoices.",
        kinds={COUNCIL},
        permissions={
            "read_contract",
            "record_facts",
            "decide_claim",
            "propose_statement",
            "agree_statement_for_council",
            "dispute_statement",
            "approve_invoice",
            "hold_invoice",
            "read_books",
            "keep_scenarios",
        },
    ),
    _role(
        "lead_accountant",
        "Lead Accountant",
        "Keeps the terms and the pro-rata schedule, closes months, records variations, exports the reconciliation "
        "reports and reads the activity log.",
        kinds={COUNCIL},
        permissions={
            "read_contract",
            "create_contract",
            "record_terms",
            "record_facts",
            "decide_claim",
            "propose_statement",
            "agree_statement_for_council",
            "dispute_statement",
            "close_statement",
            "export_reports",
            "approve_invoice",
            "hold_invoice",
            "record_invoicing_terms",
            "record_variation",
            "release_parked",
            "read_books",
            "read_activity",
            "keep_scenarios",
        },
    ),
    _role(
        "provider_staff",
        "Provider staff",
        "Submits transition claims, breakdowns, carers’ panel approvals and mileage; agrees or disputes the month; "
        "issues the invoice.",
        kinds={PROVIDER},
        permissions={
            "read_contract",
            "record_provider_facts",
            "agree_statement_for_provider",
            "dispute_statement",
            "issue_invoice",
            "keep_scenarios",
        },
    ),
    _role(
        "payments_clerk",
        "Payments clerk",
        "Records what the paying agent has paid, set off and got back; sees nothing of what is behind an invoice.",
        kinds={AGENT},
        permissions={"record_payment"},
    ),
    _role(
        "auditor",
        "Auditor",
        "Reads everything, also as it was known on an earlier day, and the activity log; writes nothing.",
        kinds={COUNCIL},
        permissions={"read_contract", "read_books", "read_activity", "export_reports"},
    ),
    _role(
        "administrator",
        "Administrator",
        "Keeps organisations, people and their roles; touches neither facts nor money.",
        kinds={COUNCIL, PROVIDER, AGENT},
        permissions={"manage_people"},
    ),
)

ROLES = {role.key: role for role in _ALL_ROLES}
"""Every role by its key."""


def permissions_in(role_keys: frozenset[str]) -> frozenset[str]:
    """All that the roles together permit."""
    return frozenset(permission for key in role_keys for permission in ROLES[key].permissions)
