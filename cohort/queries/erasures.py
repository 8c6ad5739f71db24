"""Contracts whose children, carers and files were destroyed: what they answer instead."""

from cohort.models import Contract, Erasure
from pbr_ledger.errors import LedgerError
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown


class ContractErased(LedgerError):
    """What was asked for was destroyed under the retention schedule, or would need what was."""

    def __init__(self, contract: Contract, erasure: Erasure) -> None:
        self.contract, self.erasure = contract, erasure
        super().__init__(
            f"{contract.reference} was erased on {day_shown(day_of(erasure.erased_at))} under the retention schedule: "
            "its children, carers, files and reports are destroyed. Totals, invoices, payments and books are kept."
        )


def erasure_of(contract: Contract) -> Erasure | None:
    """What stands where the contract's children, carers and files stood; None for a contract that is whole."""
    return getattr(contract, "erasure", None)


def refuse_erased(contract: Contract) -> None:
    """Raise `ContractErased` for a contract that is no longer whole."""
    if (erasure := erasure_of(contract)) is not None:
        raise ContractErased(contract, erasure)
