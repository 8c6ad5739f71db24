"""The codes by which a council's finance system knows an account: cost centre and subjective."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_CODE = 30
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./_-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class FinanceCode:
    """What an account is called in the council's finance system; either part is empty where nobody has said."""

    cost_centre: str = ""
    subjective: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether a posting with it can be taken over as it stands."""
        return bool(self.cost_centre and self.subjective)


NO_CODE = FinanceCode()
Codes = Mapping[str, FinanceCode]
"""By the code of the ledger's own account."""


def is_code(text: str) -> bool:
    """Whether the text can be such a code: letters, figures, and between them spaces, dots, dashes and slashes.

    So no code can begin a formula in a spreadsheet.
    """
    return len(text) <= LONGEST_CODE and _CODE.fullmatch(text) is not None
