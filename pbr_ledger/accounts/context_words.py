"""Passwords made of words that everybody here would try first."""

import re

from django.core.exceptions import ValidationError

from pbr_ledger.accounts.models import Person

WORDS = (
    *(
        "accountant",
        "administrator",
        "agent",
        "auditor",
        "carer",
        "children",
        "clerk",
        "contract",
        "council",
        "finance",
    ),
    *("foster", "fostering", "invoice", "ledger", "lead", "matrix", "officer", "password", "payment", "payments"),
    *("placement", "plymouth", "provider", "reconnect", "results", "statement", "team", "welcome"),
)
"""Of this ledger, its contract and its roles; the name of somebody's organisation counts besides (docs/security.md)."""
LETTERS_LEFT = 4
"""So many letters have to be left when these words, numbers and marks are taken out."""


class ContextWords:
    """Refuses a password in which little is left beside words of this place."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises `ValidationError` for such a password."""
        name = user.organisation.name if isinstance(user, Person) else ""
        words = {*WORDS, *re.findall(r"[a-z]{3,}", name.lower())}
        left = re.sub("|".join(sorted(map(re.escape, words), key=len, reverse=True)), "", password.lower())
        if len(re.findall(r"[^\W\d_]", left)) < LETTERS_LEFT:
            raise ValidationError("It is made of words that anybody here would try.", code="password_of_this_place")

    def get_help_text(self) -> str:
        """What pages would say of it."""
        return "Not made of the words of this place."
