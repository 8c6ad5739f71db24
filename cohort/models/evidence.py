"""Files that stand beside a fact: for a claim, carers' panel approval, a breakdown or an expense."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cohort.models.expenses import Expense
from cohort.models.placements import Claim, Household, Placement
from cohort.models.versions import Identity
from pbr_ledger.accounts.models import Person
from pbr_ledger.uploads import LARGEST_FILE, SCANS
from pbr_ledger.uploads.content import MEDIA_TYPES
from pbr_ledger.uploads.store import KEPT_NAME

SUBJECTS: Mapping[str, type[Identity]] = MappingProxyType(
    {"claim": Claim, "household": Household, "placement": Placement, "expense": Expense}
)
"""What evidence can stand beside, by the name of its column."""


def _beside_one_fact() -> Q:
    """Exactly one of the columns of `SUBJECTS` is filled in."""
    one_of = Q()
    for kind in SUBJECTS:
        one_of |= Q(**{f"{other}__isnull": other != kind for other in SUBJECTS})
    return one_of


class Evidence(models.Model):
    """A file as it was attached: the name that people see, its type by content, and where its bytes are.

    `kept_as` is the file's name below `EVIDENCE_DIR`, `sha256` and `size` those of its bytes. Append-only by trigger
    and by privilege.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="evidence", null=True, blank=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="evidence", null=True, blank=True)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="evidence", null=True, blank=True)
    expense = models.ForeignKey(Expense, on_delete=models.PROTECT, related_name="evidence", null=True, blank=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    kept_as = models.CharField(max_length=32, unique=True)
    scan = models.CharField(max_length=20)
    attached_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Evidence"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_beside_one_fact(), name="evidence_beside_one_fact"),
            models.CheckConstraint(condition=~Q(name=""), name="evidence_named"),
            models.CheckConstraint(
                condition=Q(media_type__in=list(MEDIA_TYPES.values())), name="evidence_media_type_taken"
            ),
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=LARGEST_FILE), name="evidence_size_bounded"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="evidence_hash_is_sha256"),
            models.CheckConstraint(condition=Q(kept_as__regex=KEPT_NAME), name="evidence_kept_under_a_made_name"),
            models.CheckConstraint(condition=Q(scan__in=SCANS), name="evidence_scan_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fact(self) -> Identity:
        """The fact beside which it stands."""
        beside: Identity | None = self.claim or self.household or self.placement or self.expense
        if beside is None:
            raise ValueError("Evidence stands beside a fact.")
        return beside


class EvidenceWithdrawal(models.Model):
    """The word that a file no longer counts, and why. The file stays until its time to be kept is over."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    objects: ClassVar[models.Manager["EvidenceWithdrawal"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="evidencewithdrawal_has_reason")]

    def __str__(self) -> str:
        return f"{self.evidence}: withdrawn"
