"""Evidence: what stands beside a fact, and which of it a person may open."""

from django.db.models import Count, Q, QuerySet

from cohort.models import Contract, Evidence, Identity
from cohort.models.evidence import SUBJECTS


def evidence_of(kind: str, fact: Identity) -> QuerySet[Evidence]:
    """What was ever attached to the fact, in order, withdrawn or not."""
    beside = Evidence.objects.filter(**{kind: fact})
    return beside.select_related("attached_by__organisation", "withdrawal__withdrawn_by").order_by("attached_at", "pk")


def evidence_in(contract: Contract) -> QuerySet[Evidence]:
    """Everything attached to any fact of the contract."""
    of_contract = Q()
    for kind in SUBJECTS:
        of_contract |= Q(**{f"{kind}__contract": contract})
    return Evidence.objects.filter(of_contract).select_related(*SUBJECTS, "attached_by", "withdrawal")


def live_evidence_counts(kind: str, contract: Contract) -> dict[int, int]:
    """How many files that were not withdrawn stand beside each fact of the kind, by its key. One query."""
    rows = Evidence.objects.filter(**{f"{kind}__contract": contract}, withdrawal=None)
    counted = rows.order_by().values(kind).annotate(count=Count("pk"))
    return {row[kind]: row["count"] for row in counted}
