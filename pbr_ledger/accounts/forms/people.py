"""Keeping people: inviting them, giving and lending them roles, resetting what they sign in with."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from pbr_ledger.accounts.forms.fields import email_field
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.forms import DayField, LedgerForm

LENT_HINT = "The first day without it, for a deputy. Leave it empty if there is no such day."


def _roles_of(kinds: set[str]) -> list[tuple[str, str]]:
    return [(role.key, role.name) for role in ROLES.values() if role.kinds & kinds]


def _until_field() -> DayField:
    return DayField(label="Until (optional)", required=False, help_text=LENT_HINT)


class InvitationForm(LedgerForm):
    """Somebody new: who, where, and with which roles."""

    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label="Organisation",
        empty_label="Choose an organisation",
        error_messages={"required": "Choose the organisation", "invalid_choice": "Choose one of the organisations"},
    )
    full_name = forms.CharField(
        label="Full name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the person’s name", "max_length": "Use at most 200 characters"},
    )
    email = email_field("E-mail address", missing="Enter the person’s e-mail address")
    roles = forms.MultipleChoiceField(
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role", "invalid_choice": "Choose one of the roles"},
    )
    until = _until_field()

    def __init__(self, *args: Any, organisations: "QuerySet[Organisation]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {organisation.kind for organisation in organisations}
        self.fields["roles"].choices = _roles_of(kinds)  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].initial = organisations[0]
            self.fields["organisation"].empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuses roles that are none in the organisation, in words that name them."""
        given = super().clean() or {}
        organisation = given.get("organisation")
        if organisation:
            wrong = [ROLES[key].name for key in given.get("roles", []) if organisation.kind not in ROLES[key].kinds]
            if wrong:
                self.add_error("roles", f"{' and '.join(wrong)}: not a role in {organisation.name}")
        return given


class RoleForm(LedgerForm):
    """A role to give, or to lend until a day."""

    role = forms.ChoiceField(
        label="Role",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role", "invalid_choice": "Choose one of the roles"},
    )
    until = _until_field()

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.key, f"{role.name}: {role.description[0].lower()}{role.description[1:]}")
            for role in ROLES.values()
            if kind in role.kinds
        ]


def reason_field(help_text: str) -> forms.CharField:
    """Why an administrator does something that cannot go unexplained; `help_text` says what belongs there."""
    return forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=help_text,
        error_messages={"required": "Enter the reason", "max_length": "Use at most 1,000 characters"},
    )


class LostFactorForm(LedgerForm):
    """Why the second factor has to be reset."""

    reason = reason_field("What happened, and how you made sure that it is really this person who asks.")


class DirectoryReleaseForm(LedgerForm):
    """Why somebody's account in the directory has to be released."""

    reason = reason_field("What became of the old account in the directory, and how you made sure of it.")
