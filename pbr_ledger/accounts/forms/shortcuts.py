"""Whether single keys do something on one's pages."""

from django import forms

from pbr_ledger.forms import LedgerForm

ON, OFF = "on", "off"


class ShortcutsForm(LedgerForm):
    """On or off."""

    shortcuts = forms.ChoiceField(
        label="Keyboard shortcuts",
        choices=[(ON, "On"), (OFF, "Off")],
        widget=forms.RadioSelect,
        help_text="Switch them off if you speak to your computer, or if keys are pressed by accident.",
        error_messages={"required": "Choose whether keyboard shortcuts are on", "invalid_choice": "Choose on or off"},
    )
