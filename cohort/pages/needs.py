"""What waits for somebody among claims and baselines; as many queries for thirty contracts as for one."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from cohort.core.facts import Rate
from cohort.models import BaselineAgreement, BaselineProposal, ChildVersion, ClaimVersion
from cohort.queries.baselines import rates_written
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.money import pence_of
from pbr_ledger.needs import Need
from pbr_ledger.periods import day_of
from pbr_ledger.words import count_shown, day_shown


def claim_needs(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    """For officers the claims that wait for a decision, for the provider those that were queried."""
    permissions = permissions_now(person)
    if "decide_claim" in permissions:
        yield from _claims(contracts, "submitted", "waits for a decision", "wait for a decision")
    if "record_provider_facts" in permissions:
        yield from _claims(contracts, "queried", "is queried by the council", "are queried by the council")


def _claims(contracts: Collection[int], status: str, one: str, many: str) -> Iterator[Need]:
    current = ClaimVersion.objects.filter(fact__contract__in=contracts, superseded_at=None, status=status)
    counted = current.values("fact__contract").annotate(count=Count("pk"), since=Min("recorded_at"))
    for row in counted.order_by("fact__contract"):
        address = f"{reverse('claims', args=[row['fact__contract']])}?status={status}"
        words = f"{count_shown(row['count'], 'claim')} {one if row['count'] == 1 else many}"
        yield _need(row["fact__contract"], words, address, day_of(row["since"]))


def baseline_needs(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    """Baselines that wait for this person's side: proposed by the other, or recorded by the council alone."""
    permissions = permissions_now(person)
    if not permissions & {"record_facts", "record_provider_facts"}:
        return
    proposed = BaselineProposal.objects.filter(child__contract__in=contracts, status="open")
    others = proposed.exclude(proposed_by__organisation=person.organisation_id)
    counted = others.values("child__contract").annotate(count=Count("pk"), since=Min("proposed_at"))
    for row in counted.order_by("child__contract"):
        one, many = "proposed baseline waits for your answer", "proposed baselines wait for your answer"
        words = f"{row['count']} {one if row['count'] == 1 else many}"
        yield _need(
            row["child__contract"], words, reverse("baselines", args=[row["child__contract"]]), day_of(row["since"])
        )
    if "record_provider_facts" in permissions:
        yield from _recorded_alone(contracts)


def _recorded_alone(contracts: Collection[int]) -> Iterator[Need]:
    """The baselines that the council has recorded and the provider has not agreed, by contract."""
    waiting: dict[int, list[date]] = {}
    versions = list(_recorded_since_agreed(contracts))
    agreed = _agreed_rates([version.fact_id for version in versions])
    for version in versions:
        rates = [Rate(r.start, pence_of(r.weekly), pence_of(r.contribution)) for r in version.rates.all()]
        if agreed.get(version.fact_id) != rates_written(sorted(rates, key=lambda rate: rate.start)):
            waiting.setdefault(version.fact.contract_id, []).append(day_of(version.recorded_at))
    for contract, days in waiting.items():
        one, many = "baseline waits for your agreement", "baselines wait for your agreement"
        words = f"{len(days)} {one if len(days) == 1 else many}"
        yield _need(contract, words, reverse("baselines", args=[contract]), min(days))


def _recorded_since_agreed(contracts: Collection[int]) -> "QuerySet[ChildVersion]":
    """The current versions of children that are later than what was last agreed of them, or of whom nothing was.

    An agreement is always to the baseline in force then, so an older version needs no second look.
    """
    last_agreed = BaselineAgreement.objects.filter(child=OuterRef("fact")).order_by("-agreed_at")
    current = ChildVersion.objects.filter(fact__contract__in=contracts, superseded_at=None, retracted=False)
    current = current.annotate(agreed_at=Subquery(last_agreed.values("agreed_at")[:1]))
    later = current.filter(Q(agreed_at=None) | Q(recorded_at__gt=F("agreed_at")))
    return later.select_related("fact").prefetch_related("rates")


def _agreed_rates(children: Collection[int]) -> dict[int, object]:
    """What was last agreed of each of the children."""
    agreements = BaselineAgreement.objects.filter(child__in=children).order_by("child", "-agreed_at")
    return dict(agreements.distinct("child").values_list("child", "rates"))


def _need(contract: int, words: str, address: str, since: date) -> Need:
    return Need(contract, words, address, since, f"since {day_shown(since)}")
