"""The terms of a contract, in versions that stay (docs/contract.md 11.1)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cohort.core.facts import SETTINGS
from cohort.core.validity import (
    CARER_FEE_TRIGGERS,
    FIXED_FEE_LIMITS,
    FIXED_FEE_SAVINGS,
    NEGATIVE_SAVINGS,
    SUCCESS_FEE_BASES,
)
from cohort.models.contracts import Contract
from cohort.models.versions import money
from pbr_ledger.accounts.models import Person


class TermsVersion(models.Model):
    """Every reading of the contract that the arithmetic asks for, from `effective_from` on.

    A later version does not supersede it: which one a month uses is worked out from all of them. The fixed fee accrues
    evenly while `schedule_row_count` is null; otherwise it follows so many rows, which add up to the two fees.
    `success_fee_rate` is a share, `0.1000` for 10%; `response_days` is how long a side may stay silent.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="terms_versions")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateField()
    phase2_start = models.DateField()
    phase2_until = models.DateField()
    phase2_fee = money()
    phase3_start = models.DateField()
    phase3_until = models.DateField()
    phase3_fee = money()
    success_fee_threshold = money()
    success_fee_rate = models.DecimalField(max_digits=12, decimal_places=4)
    success_fee_basis = models.CharField(max_length=20)
    carer_fee = money()
    maximum_value = money()
    schedule_row_count = models.PositiveSmallIntegerField(null=True, blank=True)
    refund_count = models.PositiveSmallIntegerField()
    fixed_fee_limit = models.CharField(max_length=20)
    fixed_fee_savings = models.CharField(max_length=20)
    negative_savings = models.CharField(max_length=20)
    annual_days = models.PositiveIntegerField()
    expenses_wait_for_savings = models.BooleanField()
    carer_fee_trigger = models.CharField(max_length=20, db_default="placed")
    family_settings = ArrayField(models.CharField(max_length=30))
    response_days = models.PositiveSmallIntegerField(default=10)

    objects: ClassVar[models.Manager["TermsVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "recorded_at"], name="termsversion_one_at_an_instant"),
            models.CheckConstraint(condition=Q(phase2_until__gt=F("phase2_start")), name="termsversion_phase2_period"),
            models.CheckConstraint(condition=Q(phase3_until__gt=F("phase3_start")), name="termsversion_phase3_period"),
            models.CheckConstraint(
                condition=Q(phase3_start__gte=F("phase2_until")), name="termsversion_phase3_after_phase2"
            ),
            models.CheckConstraint(
                condition=Q(
                    phase2_fee__gte=0,
                    phase3_fee__gte=0,
                    success_fee_threshold__gte=0,
                    success_fee_rate__gte=0,
                    carer_fee__gte=0,
                    maximum_value__gte=0,
                ),
                name="termsversion_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    success_fee_basis__in=SUCCESS_FEE_BASES,
                    fixed_fee_limit__in=FIXED_FEE_LIMITS,
                    fixed_fee_savings__in=FIXED_FEE_SAVINGS,
                    negative_savings__in=NEGATIVE_SAVINGS,
                ),
                name="termsversion_readings_known",
            ),
            models.CheckConstraint(
                condition=Q(carer_fee_trigger__in=CARER_FEE_TRIGGERS), name="termsversion_carer_fee_trigger_known"
            ),
            models.CheckConstraint(condition=Q(annual_days__gte=1), name="termsversion_annual_days_positive"),
            models.CheckConstraint(
                condition=Q(family_settings__contained_by=list(SETTINGS)), name="termsversion_family_settings_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of {self.contract} from {self.effective_from}"


class ScheduleRow(models.Model):
    """What one month adds to the schedule; `month` is its first day, `position` its place in the list as given."""

    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="schedule_rows")
    position = models.PositiveSmallIntegerField()
    month = models.DateField()
    amount = money()

    objects: ClassVar[models.Manager["ScheduleRow"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "month"], name="schedulerow_one_a_month"),
            models.UniqueConstraint(fields=["version", "position"], name="schedulerow_one_at_each_place"),
            models.CheckConstraint(condition=Q(month__day=1), name="schedulerow_first_of_month"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="schedulerow_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.amount}"


class CarerFeeRefund(models.Model):
    """The share of a carer fee, `0.5000` for half, that comes back after fewer nights than `within_nights`."""

    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="refunds")
    position = models.PositiveSmallIntegerField()
    within_nights = models.PositiveIntegerField()
    share = models.DecimalField(max_digits=5, decimal_places=4)

    objects: ClassVar[models.Manager["CarerFeeRefund"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="carerfeerefund_one_at_each_place"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="carerfeerefund_share_within_one"),
        ]

    def __str__(self) -> str:
        return f"{self.share} within {self.within_nights} nights"
