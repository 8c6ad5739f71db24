"""Addresses of signing in, of one's own account, and of people and organisations.

allauth's own list of addresses is not included: it has ways to sign up and to change e-mail addresses; here is none.
"""

from django.urls import URLPattern, URLResolver, include, path

from pbr_ledger.accounts.views import (
    account,
    factors,
    filters,
    guide,
    links,
    organisations,
    people,
    roles,
    shortcuts,
    signing_in,
)

coming_in: list[URLPattern] = [
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/second-factor/", signing_in.SecondFactor.as_view(), name="second-factor"),
    path("sign-in/passkey/", signing_in.PasskeySignIn.as_view(), name="passkey-sign-in"),
    path("sign-in/directory/", signing_in.directory, name="directory"),
    path("sign-in/directory/answer/", signing_in.directory_answer, name="directory-answer"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("invitations/<str:token>/", links.invitation, name="invitation"),
    path("demonstration/", guide.guide, name="guide"),
    path("password/forgotten/", links.forgotten_password, name="forgotten-password"),
    path("password/new/<str:token>/", links.new_password, name="new-password"),
]
# The names by which allauth looks for three of these.
named_by_allauth: list[URLPattern] = [
    path("sign-in/", signing_in.SignIn.as_view(), name="account_login"),
    path("sign-in/second-factor/", signing_in.SecondFactor.as_view(), name="mfa_authenticate"),
    path(
        "sign-in/directory/answer/",
        signing_in.directory_answer,
        {"provider_id": "directory"},
        "openid_connect_callback",
    ),
]
own_account: list[URLPattern] = [
    path("", account.account, name="account"),
    path("password/", account.change_password, name="change-password"),
    path("second-factor/", factors.set_up, name="second-factor-set-up"),
    path("second-factor/app/", factors.add_app, name="second-factor-app-add"),
    path("second-factor/passkey/", factors.add_passkey, name="passkey-add"),
    path("second-factor/<int:factor_id>/remove/", account.remove_factor, name="second-factor-remove"),
    path("recovery-codes/", account.recovery_codes, name="recovery-codes"),
    path("recovery-codes/new/", account.new_recovery_codes, name="recovery-codes-new"),
    path("shortcuts/", shortcuts.shortcuts, name="shortcuts"),
    path("filters/", filters.kept_filters, name="kept-filters"),
    path("filters/keep/<slug:listing>/", filters.keep_filter, name="filter-keep"),
    path("filters/<int:filter_id>/rename/", filters.rename_filter, name="filter-rename"),
    path("filters/<int:filter_id>/delete/", filters.delete_filter, name="filter-delete"),
    path("sessions/end/", account.end_other_sessions, name="sessions-end"),
    path("sessions/<int:session_id>/end/", account.end_session, name="session-end"),
]
about_people: list[URLPattern] = [
    path("", people.people, name="people"),
    path("invite/", people.invite, name="person-invite"),
    path("<int:person_id>/", people.person, name="person"),
    path("<int:person_id>/invite-again/", people.invite_again, name="person-invite-again"),
    path("<int:person_id>/close/", people.close, name="person-close"),
    path("<int:person_id>/roles/give/", roles.grant_role, name="role-give"),
    path("<int:person_id>/roles/<int:grant_id>/take/", roles.revoke_role, name="role-take"),
    path("<int:person_id>/directory-account/", roles.release_directory_account, name="directory-release"),
    path("<int:person_id>/lost-factor/", roles.lost_factor, name="lost-factor"),
    path("<int:person_id>/lost-factor/<int:reset_id>/confirm/", roles.confirm_lost_factor, name="lost-factor-confirm"),
    path(
        "<int:person_id>/lost-factor/<int:reset_id>/withdraw/", roles.withdraw_lost_factor, name="lost-factor-withdraw"
    ),
]
about_organisations: list[URLPattern] = [
    path("", organisations.organisations, name="organisations"),
    path("add/", organisations.add_organisation, name="organisation-add"),
    path("<int:organisation_id>/", organisations.organisation, name="organisation"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *coming_in,
    *named_by_allauth,
    path("account/", include(own_account)),
    path("people/", include(about_people)),
    path("organisations/", include(about_organisations)),
]
