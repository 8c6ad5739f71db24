"""`check_ledger` looks at every file of evidence: there, and as it was when it was attached."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from cohort import models, services
from cohort.models import Contract
from cohort.services import Upload
from invoicing.queries.checks import check_everything
from invoicing.queries.checks.evidence import evidence_findings
from pbr_ledger.clock import StatedClock
from pbr_ledger.uploads.store import path_of
from savings.services import Parties
from tests.uploads import files


@pytest.fixture
def attached(contract: Contract, parties: Parties, settings: LazySettings, tmp_path: Path) -> models.Evidence:
    settings.EVIDENCE_DIR = tmp_path
    claim = models.Claim.objects.filter(contract=contract).order_by("pk")[0]
    clock = StatedClock([datetime(2027, 1, 1, tzinfo=UTC)])
    upload = Upload("plan.pdf", files.PDF)
    (row,) = services.attach_evidence(
        contract=contract, kind="claim", fact=claim, files=[upload], by=parties.provider_staff, clock=clock
    )
    return row


def test_file_that_is_as_it_was_is_no_finding(attached: models.Evidence, contract: Contract) -> None:
    assert list(evidence_findings(contract)) == list(evidence_findings(None)) == []
    assert [finding for finding in check_everything(contract) if finding.place.startswith("Evidence")] == []


def test_changed_or_missing_file_is_found(attached: models.Evidence, contract: Contract) -> None:
    path_of(attached.kept_as).write_bytes(files.PDF + b" ")
    changed = f"Evidence {attached.pk}: The file is not what it was when it was attached."
    assert [str(finding) for finding in check_everything(contract)] == [changed]
    path_of(attached.kept_as).unlink()
    missing = f"Evidence {attached.pk}: The file is missing."
    assert [str(finding) for finding in evidence_findings(None)] == [missing]
