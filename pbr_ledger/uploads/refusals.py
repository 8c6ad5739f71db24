"""Why a file is not taken."""

from pbr_ledger.errors import LedgerError


class UploadRefused(LedgerError):
    """The file is not taken; `str()` names it and says why."""
