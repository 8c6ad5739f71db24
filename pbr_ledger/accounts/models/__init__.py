"""The rows of organisations and people, and the constraints that make wrong rows impossible."""

from pbr_ledger.accounts.models.coming_in import (
    INVITATION,
    LONGEST_ISSUER,
    LONGEST_SUBJECT,
    PASSWORD_RESET,
    DirectoryAccount,
    FactorReset,
    OneTimeLink,
)
from pbr_ledger.accounts.models.people import PROGRAMS, KeptFilter, Organisation, Person, RoleGrant

__all__ = [
    "INVITATION",
    "LONGEST_ISSUER",
    "LONGEST_SUBJECT",
    "PASSWORD_RESET",
    "PROGRAMS",
    "DirectoryAccount",
    "FactorReset",
    "KeptFilter",
    "OneTimeLink",
    "Organisation",
    "Person",
    "RoleGrant",
]
