"""Evidence on disk: every row has its file, and every file is what it was when it was attached."""

from collections.abc import Iterator

from cohort.models import Contract, Evidence
from cohort.models.evidence import SUBJECTS
from cohort.queries.evidence import evidence_in
from invoicing.queries.checks.findings import Finding
from pbr_ledger.uploads import FileDamaged, kept


def evidence_findings(contract: Contract | None) -> Iterator[Finding]:
    """Every file of the contract, or of any, that is missing or changed; withdrawn ones are kept too."""
    rows = Evidence.objects.select_related(*SUBJECTS) if contract is None else evidence_in(contract)
    for row in rows.order_by("pk").iterator():
        try:
            content = kept(row.kept_as, sha256=row.sha256)
        except FileDamaged as damage:
            yield Finding(f"Evidence {row.pk}", str(damage))
            continue
        if len(content) != row.size:
            yield Finding(f"Evidence {row.pk}", f"has {len(content)} bytes, not {row.size}")
