"""The books: accounts, entries and their legs, and the periods that are closed to them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cohort.models import Contract
from invoicing.core.calendar import PERIODS
from invoicing.core.charges import SIDES
from pbr_ledger.accounts.models import Organisation, Person

ACCOUNT_KINDS = ("expense", "liability", "memorandum")


class Account(models.Model):
    """One account of the chart; it comes with the installation. Memorandum accounts balance among themselves."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    cost_code = models.CharField(max_length=50, blank=True, default="")

    objects: ClassVar[models.Manager["Account"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ACCOUNT_KINDS), name="account_kind_known"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="account_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FinanceCodes(models.Model):
    """The council's own codes for the accounts, by which its finance system takes the journal: a version of them.

    `codes` holds, by the code of an account, its cost centre and its subjective code, empty where there is none. The
    latest recorded version applies to whatever is taken out from then on; none is ever changed.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="finance_codes")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    codes = models.JSONField()

    objects: ClassVar[models.Manager["FinanceCodes"]] = models.Manager()

    def __str__(self) -> str:
        return f"Finance codes of {self.contract.reference}, {self.recorded_at:%Y-%m-%d}"


class JournalEntry(models.Model):
    """One entry of the journal, sealed: it states how many legs it has and what each side comes to.

    `effective_on` is the day it counts for, `recorded_at` the instant it was made. `key` names what it is for, once
    a contract. A correction is one entry that reverses it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="journal_entries")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    narrative = models.TextField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    leg_count = models.PositiveSmallIntegerField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="reversal", null=True, blank=True)

    objects: ClassVar[models.Manager["JournalEntry"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "number"], name="journal_entry_number_unique"),
            models.UniqueConstraint(fields=["contract", "key"], name="journal_entry_key_unique"),
            models.CheckConstraint(condition=Q(leg_count__gte=2), name="journal_entry_has_two_legs"),
            models.CheckConstraint(condition=Q(total__gt=0), name="journal_entry_total_above_zero"),
            models.CheckConstraint(condition=~Q(narrative="") & ~Q(key=""), name="journal_entry_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.contract.reference} entry {self.number}"


class Posting(models.Model):
    """One leg of an entry: an amount above zero on one side of one account."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    side = models.CharField(max_length=6)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    objects: ClassVar[models.Manager["Posting"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(side__in=SIDES), name="posting_side_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_amount_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.account} {self.amount}"


class ClosedPeriod(models.Model):
    """An accounting period that a council has closed: nothing more is posted with an effective day in it."""

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="closed_periods")
    financial_year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["ClosedPeriod"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["council", "financial_year", "number"], name="closed_period_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=PERIODS), name="closed_period_p1_to_p12"),
        ]

    def __str__(self) -> str:
        return f"{self.financial_year}/{(self.financial_year + 1) % 100:02d} P{self.number}"
