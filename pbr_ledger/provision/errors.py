"""The one error of provisioning: a sentence for the person at the shell."""


class ProvisionError(Exception):
    """The machine could not be got ready. `str()` says why, and what to do about it."""
