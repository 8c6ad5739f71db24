"""Recording the council's own codes for the accounts."""

from collections.abc import Iterator

from cohort.models import Contract
from cohort.services import checked_at_once, locked
from invoicing import rules
from invoicing.core.finance_codes import LONGEST_CODE, Codes, is_code
from invoicing.models import FinanceCodes
from invoicing.queries.finance_codes import coded_accounts
from invoicing.services.ground import note, require, require_party, stamp
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused


def record_finance_codes(*, contract: Contract, codes: Codes, by: Person, clock: Clock) -> FinanceCodes:
    """The version just recorded: whatever is taken out for the finance system from now on bears these codes.

    An account that is left out has none. No posting is changed. Only the council's Lead Accountant keeps them. Raises
    `Refused`, `NotPermitted`, `NotFound`.
    """
    with checked_at_once():
        require_party(by, contract)
        contract = locked(contract, erased_too=True)
        require(rules.may_record_finance_codes(by, contract), "Only the Lead Accountant keeps the finance codes.")
        if problems := list(_problems(codes)):
            raise Refused(problems)
        at = stamp(contract, clock)
        kept = {account: [code.cost_centre, code.subjective] for account, code in sorted(codes.items())}
        version = FinanceCodes.objects.create(contract=contract, recorded_at=at, recorded_by=by, codes=kept)
        note(contract, by, "finance_codes.recorded", version, {"codes": kept}, at)
    return version


def _problems(codes: Codes) -> Iterator[Problem]:
    known = set(coded_accounts().values_list("code", flat=True))
    for account, code in codes.items():
        if account not in known:
            yield Problem(f"codes.{account}", "is no account that a finance system takes over")
        for part, text in (("cost_centre", code.cost_centre), ("subjective", code.subjective)):
            if text and not is_code(text):
                yield Problem(
                    f"codes.{account}.{part}",
                    f"has to be at most {LONGEST_CODE} letters and figures, with spaces, dots, dashes, slashes between",
                )
