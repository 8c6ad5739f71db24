"""Reading the council's own codes for the accounts, as they hold now and in every version."""

from django.db.models import QuerySet

from cohort.models import Contract
from invoicing.core.finance_codes import Codes, FinanceCode
from invoicing.core.journal import MEMORANDUM
from invoicing.models import Account, FinanceCodes


def coded_accounts() -> QuerySet[Account]:
    """The accounts that a finance system takes over, by code: all but the memorandum accounts."""
    return Account.objects.exclude(kind=MEMORANDUM).order_by("code")


def finance_codes_of(contract: Contract) -> QuerySet[FinanceCodes]:
    """Every version, in the order of recording, with who recorded it."""
    return FinanceCodes.objects.filter(contract=contract).select_related("recorded_by").order_by("recorded_at", "pk")


def finance_codes_now(contract: Contract) -> Codes:
    """The codes of the latest version; none before the first."""
    latest = finance_codes_of(contract).last()
    return codes_in(latest) if latest else {}


def codes_in(version: FinanceCodes) -> Codes:
    """The codes of a version as values, by account."""
    return {account: FinanceCode(*parts) for account, parts in version.codes.items()}
