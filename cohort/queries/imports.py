"""What a file's rows are held against, and rows that wait to be recorded."""

from datetime import datetime, timedelta

from cohort.core.sheets.desk import Standing
from cohort.models import Child, Claim, Contract, Expense, ExtraCost, Household, PendingImport, Placement
from cohort.queries.baselines import agreed_baselines, open_baseline_proposals, rates_read
from cohort.queries.facts import current_facts
from pbr_ledger.accounts.models import Person

KEPT_FOR = timedelta(hours=24)
_IDENTITIES = {
    "child": Child.objects,
    "household": Household.objects,
    "placement": Placement.objects,
    "extra_cost": ExtraCost.objects,
    "claim": Claim.objects,
    "expense": Expense.objects,
}


def standing_of(contract: Contract) -> Standing:
    """What is known of the contract, and what stands beside it. As many questions for many facts as for few."""
    taken = {
        kind: frozenset(identities.filter(contract=contract).values_list("reference", flat=True))
        for kind, identities in _IDENTITIES.items()
    }
    waiting = open_baseline_proposals([contract.pk]).values_list("child__reference", "rates")
    proposed = {child: rates_read(rates) for child, rates in waiting}
    return Standing(current_facts(contract), taken, agreed_baselines(contract), proposed)


def pending_import(*, contract: Contract, person: Person, key: int, at: datetime) -> PendingImport | None:
    """What the person brought and has not recorded yet; None once it is out of date, replaced or gone."""
    waiting = PendingImport.objects.filter(contract=contract, brought_by=person, brought_at__gt=at - KEPT_FOR)
    return waiting.filter(pk=key).first()
