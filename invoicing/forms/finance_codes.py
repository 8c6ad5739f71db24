"""What is filled in to keep the council's own codes for the accounts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from invoicing.core.finance_codes import LONGEST_CODE, NO_CODE, Codes, FinanceCode, is_code
from invoicing.models import Account
from pbr_ledger.forms import LedgerForm

PARTS = (("cost_centre", "cost centre"), ("subjective", "subjective code"))


class FinanceCodesForm(LedgerForm):
    """A cost centre and a subjective code for each account; both may stay empty."""

    def __init__(self, *args: Any, accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = tuple(accounts)
        for account in self.accounts:
            for part, name in PARTS:
                self.fields[f"{part}_{account.code}"] = _field(f"{account}: {name}")

    def recorded(self) -> Codes:
        """What the service is to record; readable once the form is valid. Accounts without any code are left out."""
        found = self.cleaned_data
        codes = {
            account.code: FinanceCode(*(found[f"{part}_{account.code}"] for part, _ in PARTS))
            for account in self.accounts
        }
        return {account: code for account, code in codes.items() if code != NO_CODE}


def _field(name: str) -> forms.CharField:
    def check(text: str) -> None:
        if not is_code(text):
            raise ValidationError(
                f"{name} must be at most {LONGEST_CODE} letters and figures, with spaces, dots, dashes, slashes between"
            )

    return forms.CharField(
        label=f"{name} (optional)",
        required=False,
        validators=[check],
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )


def codes_in_form(codes: Codes) -> dict[str, str]:
    """What the form begins with: the codes that hold now."""
    return {f"{part}_{account}": getattr(code, part) for account, code in codes.items() for part, _ in PARTS}
