"""The council's own codes for the accounts as a page: those that hold now, and who recorded which when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cohort.models import Contract
from invoicing.core.finance_codes import NO_CODE, Codes, FinanceCode
from invoicing.models import Account, FinanceCodes
from invoicing.queries.finance_codes import coded_accounts, codes_in, finance_codes_of
from pbr_ledger.words import count_shown, instant_shown, listed


@dataclass(frozen=True, slots=True)
class CodeRow:
    """An account and what the council's finance system calls it."""

    account: str
    cost_centre: str
    subjective: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: who recorded it when, and what changed by it."""

    name: str
    by: str
    at: str
    changed: str


def finance_codes_page(contract: Contract) -> dict[str, Any]:
    """The codes that hold now, which accounts have none, and every version, the latest first; two queries."""
    accounts, versions = list(coded_accounts()), list(finance_codes_of(contract))
    codes = [codes_in(version) for version in versions]
    now: Codes = codes[-1] if codes else {}
    missing = [str(account) for account in accounts if not now.get(account.code, NO_CODE).is_complete]
    return {
        "rows": [_row(account, now.get(account.code, NO_CODE)) for account in accounts],
        "missing": _missing(missing, len(accounts)),
        "versions": list(reversed(_versions(versions, codes))),
    }


def _row(account: Account, code: FinanceCode) -> CodeRow:
    return CodeRow(str(account), code.cost_centre, code.subjective)


def _missing(missing: Sequence[str], accounts: int) -> str:
    """Which accounts a finance system could not place, in a sentence; empty where there is none."""
    if len(missing) == accounts:
        return "No codes are recorded yet: the file has empty columns for them."
    if not missing:
        return ""
    return f"Without a cost centre or a subjective code: {listed(missing)}."


def _versions(versions: Sequence[FinanceCodes], codes: Sequence[Codes]) -> list[VersionRow]:
    return [
        VersionRow(
            name=f"Version {number}",
            by=version.recorded_by.full_name,
            at=instant_shown(version.recorded_at),
            changed=_changed(codes[number - 2] if number > 1 else {}, codes[number - 1]),
        )
        for number, version in enumerate(versions, start=1)
    ]


def _changed(before: Codes, after: Codes) -> str:
    accounts = sorted(code for code in {*before, *after} if before.get(code, NO_CODE) != after.get(code, NO_CODE))
    if not accounts:
        return "Nothing"
    return f"{count_shown(len(accounts), 'account')}: {listed(accounts)}"
