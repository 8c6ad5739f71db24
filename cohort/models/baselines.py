"""Baselines as the two sides agree them, beside the child's own versions (docs/contract.md 1.1)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cohort.lifecycles import AGREED, BASELINE_PROPOSAL, OPEN
from cohort.models.children import Child
from pbr_ledger.accounts.models import Person

SIDES = ("council", "provider")
LOADED, RECORDED, PROPOSED = "loaded", "recorded", "proposed"


class BaselineProposal(models.Model):
    """One side's proposal of a child's whole baseline; the other side agrees or declines it.

    `rates` are `[{"from": "2025-04-01", "weekly": "7100.00", "contribution": "0.00"}]`, in rising order. Content and
    proposer never change; the decision is written once, by trigger and by privilege.
    """

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="baseline_proposals")
    rates = models.JSONField()
    reason = models.TextField()
    status = models.CharField(max_length=20, default=OPEN)
    proposed_side = models.CharField(max_length=10)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_side = models.CharField(max_length=10, blank=True, default="")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["BaselineProposal"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=BASELINE_PROPOSAL.statuses), name="baselineproposal_status_known"
            ),
            models.CheckConstraint(condition=Q(proposed_side__in=SIDES), name="baselineproposal_side_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="baselineproposal_has_reason"),
            models.UniqueConstraint(fields=["child"], condition=Q(status=OPEN), name="baselineproposal_one_open"),
            models.CheckConstraint(
                condition=Q(status=OPEN, decided_side="", decided_by=None, decided_at=None)
                | (
                    ~Q(status=OPEN)
                    & Q(decided_side__in=SIDES, decided_by__isnull=False, decided_at__gt=F("proposed_at"))
                ),
                name="baselineproposal_decided_unless_open",
            ),
            models.CheckConstraint(
                condition=(~Q(status__in=[AGREED, "declined"]) | ~Q(decided_side=F("proposed_side")))
                & (~Q(status="withdrawn") | Q(decided_side=F("proposed_side"))),
                name="baselineproposal_decided_by_other_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child}: baseline proposed by the {self.proposed_side}"


class BaselineAgreement(models.Model):
    """The word that a child's baseline, these very rates, holds between both sides. Append-only.

    `because` says how: `loaded` with a contract that stood already, `recorded` by the council and agreed by the
    provider, or `proposed` by one side and agreed by the other. The last one is the one that holds.
    """

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="baseline_agreements")
    rates = models.JSONField()
    because = models.CharField(max_length=10)
    proposal = models.OneToOneField(
        BaselineProposal, on_delete=models.PROTECT, related_name="agreement", null=True, blank=True
    )
    agreed_side = models.CharField(max_length=10)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    objects: ClassVar[models.Manager["BaselineAgreement"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(because=PROPOSED, proposal__isnull=False)
                | Q(because=RECORDED, proposal=None, agreed_side="provider")
                | Q(because=LOADED, proposal=None, agreed_side="council"),
                name="baselineagreement_says_how",
            ),
            models.UniqueConstraint(fields=["child", "agreed_at"], name="baselineagreement_one_at_an_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.child}: baseline agreed ({self.because})"
