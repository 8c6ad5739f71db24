"""Asking for the facts as they were known on an earlier day."""

from pbr_ledger.forms import DayField, LedgerForm


class KnownOnForm(LedgerForm):
    """The day at whose end the facts are read."""

    on = DayField(label="Show what was known on", missing="Enter the date as at which you want to see what was known")
