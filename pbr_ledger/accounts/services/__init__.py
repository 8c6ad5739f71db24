"""Every change to organisations, people, roles and how people come in; each writes its audit row in its transaction."""

from pbr_ledger.accounts.services.directory_accounts import keep_directory_account, release_directory_account
from pbr_ledger.accounts.services.factor_resets import (
    MAIL_RESET,
    ask_for_factor_reset,
    confirm_factor_reset,
    withdraw_factor_reset,
)
from pbr_ledger.accounts.services.ground import (
    PEOPLE_STREAM,
    AlreadyAsked,
    AlreadyClosed,
    AlreadyIn,
    AlreadyInstalled,
    LastFactor,
    LinkNotOpen,
    NotByOneself,
    NotYours,
    OtherDirectoryAccount,
    ResetNotOpen,
    RoleNotGrantable,
    TooManyKept,
)
from pbr_ledger.accounts.services.installing import let_in_first_administrator
from pbr_ledger.accounts.services.invitations import accept_invitation, invite, invite_again
from pbr_ledger.accounts.services.links import MAIL_LINK, token_of
from pbr_ledger.accounts.services.organisations import (
    OrganisationDetails,
    correct_organisation,
    create_organisation,
)
from pbr_ledger.accounts.services.passwords import ask_for_password_reset, change_password, reset_password
from pbr_ledger.accounts.services.people import (
    close_person,
    create_person,
    grant_role,
    install_first_administrator,
    revoke_role,
)
from pbr_ledger.accounts.services.preferences import (
    MOST_KEPT,
    choose_shortcuts,
    delete_filter,
    keep_filter,
    rename_filter,
)
from pbr_ledger.accounts.services.second_factors import add_app, add_passkey, make_recovery_codes, remove_factor
from pbr_ledger.accounts.services.sessions import end_other_sessions, end_session
from pbr_ledger.accounts.services.sign_ins import record_refusal, record_sign_in

__all__ = [
    "MAIL_LINK",
    "MAIL_RESET",
    "MOST_KEPT",
    "PEOPLE_STREAM",
    "AlreadyAsked",
    "AlreadyClosed",
    "AlreadyIn",
    "AlreadyInstalled",
    "LastFactor",
    "LinkNotOpen",
    "NotByOneself",
    "NotYours",
    "OrganisationDetails",
    "OtherDirectoryAccount",
    "ResetNotOpen",
    "RoleNotGrantable",
    "TooManyKept",
    "accept_invitation",
    "add_app",
    "add_passkey",
    "ask_for_factor_reset",
    "ask_for_password_reset",
    "change_password",
    "choose_shortcuts",
    "close_person",
    "confirm_factor_reset",
    "correct_organisation",
    "create_organisation",
    "create_person",
    "delete_filter",
    "end_other_sessions",
    "end_session",
    "grant_role",
    "install_first_administrator",
    "invite",
    "invite_again",
    "keep_directory_account",
    "keep_filter",
    "let_in_first_administrator",
    "make_recovery_codes",
    "record_refusal",
    "record_sign_in",
    "release_directory_account",
    "remove_factor",
    "rename_filter",
    "reset_password",
    "revoke_role",
    "token_of",
    "withdraw_factor_reset",
]
