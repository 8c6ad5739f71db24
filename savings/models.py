"""Statements: what is proposed, who agreed to it, and what is closed for good (docs/contract.md 13)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cohort.models import Contract
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.documents import SHA256, StoredDocument
from pbr_ledger.money import RATE_SCALE
from pbr_ledger.periods import Month
from savings.lifecycles import OPEN_STATUSES, PROPOSAL, PROPOSED

COUNCIL = "council"
PROVIDER = "provider"
SIDES = (COUNCIL, PROVIDER)

RECONCILIATION_REPORT = "reconciliation.pdf"
RECONCILIATION_WORKBOOK = "workbook.xlsx"
DRAFT_INVOICE = "draft-invoice"
"""The kind of the job by which the next room learns of a closing."""


class Proposal(models.Model):
    """A month's result as known at an instant, put to both parties. A month may have several, one of them open."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="proposals")
    month_start = models.DateField()
    number = models.PositiveIntegerField()
    known_at = models.DateTimeField()
    document = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=20, default=PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_as = models.CharField(max_length=100)
    proposed_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Proposal"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "month_start", "number"], name="proposal_number_unique"),
            models.UniqueConstraint(
                fields=["contract", "month_start"],
                condition=Q(status__in=OPEN_STATUSES),
                name="proposal_one_open_a_month",
            ),
            models.CheckConstraint(condition=Q(month_start__day=1), name="proposal_month_starts_on_the_first"),
            models.CheckConstraint(condition=Q(status__in=PROPOSAL.statuses), name="proposal_status_known"),
            models.CheckConstraint(condition=Q(digest__regex=SHA256), name="proposal_digest_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.contract.reference} {self.month}, proposal {self.number}"

    @property
    def month(self) -> Month:
        """The month that is proposed."""
        return Month.of(self.month_start)

    @property
    def is_open(self) -> bool:
        """Whether it can still be agreed, disputed or closed."""
        return self.status in OPEN_STATUSES


class Agreement(models.Model):
    """One side's word that a proposal's figures are right; it holds for this digest and no other (13.1, 13.2)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="agreements")
    side = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agreed_as = models.CharField(max_length=100)
    agreed_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Agreement"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "side"], name="agreement_once_a_side"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="agreement_side_known"),
            models.CheckConstraint(condition=~Q(agreed_by=F("proposed_by")), name="agreement_by_another_than_proposer"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal}: agreed for the {self.side}"


class Dispute(models.Model):
    """A side's objection to a line of a proposal, with its reason. It stops the proposal and changes no fact (13.3)."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="dispute")
    side = models.CharField(max_length=10)
    about = models.TextField()
    reason = models.TextField()
    disputed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    disputed_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Dispute"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(side__in=SIDES), name="dispute_side_known"),
            models.CheckConstraint(condition=~Q(about="") & ~Q(reason=""), name="dispute_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="dispute_withdrawn_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal}: disputed by the {self.side}"


class ClosedStatement(models.Model):
    """A month's statement, closed for good: its document as printed, its cut-off and its digest (13.4).

    Append-only by trigger and by privilege. `expenses` are the ids of the expenses charged to date (8.2);
    `particulars` the parties and signatories by the names they had then; `audit_head` the hash at the end of the
    contract's activity log once the closing stood in it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="closed_statements")
    month_start = models.DateField()
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="closed_statement")
    known_at = models.DateTimeField()
    document = models.TextField()
    digest = models.CharField(max_length=64)
    expenses = ArrayField(models.TextField(), default=list)
    particulars = models.JSONField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    skipped_months_because = models.TextField(blank=True, default="")
    unanswered_because = models.TextField(blank=True, default="")
    audit_head = models.CharField(max_length=64)

    objects: ClassVar[models.Manager["ClosedStatement"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "month_start"], name="closed_statement_one_a_month"),
            models.CheckConstraint(condition=Q(month_start__day=1), name="closed_statement_month_starts_on_the_first"),
            models.CheckConstraint(
                condition=Q(digest__regex=SHA256, audit_head__regex=SHA256), name="closed_statement_hashes_are_sha256"
            ),
            models.CheckConstraint(
                condition=Q(known_at__lte=F("closed_at")), name="closed_statement_known_before_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.reference} {self.month}"

    @property
    def month(self) -> Month:
        """The month that is closed."""
        return Month.of(self.month_start)


class StatementReport(StoredDocument):
    """A document made from a closed statement, stored once with its hash (docs/contract.md 13.4)."""

    statement = models.ForeignKey(ClosedStatement, on_delete=models.PROTECT, related_name="reports")

    objects: ClassVar[models.Manager["StatementReport"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "name"], name="statement_report_made_once"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="statement_report_hash_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.statement}"


class KeptScenario(models.Model):
    """A what if that an organisation keeps beside a contract; nobody else reads it, and nothing of it is posted.

    `document` is the scenario file that it was imported from, empty where it starts from the contract as known. What
    it is called and what it plans say its versions; the one with the highest number holds (docs/what-if.md).
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="kept_scenarios")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    document = models.TextField(blank=True, default="")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects: ClassVar[models.Manager["KeptScenario"]] = models.Manager()

    def __str__(self) -> str:
        return f"scenario {self.pk} of {self.contract_id}"


class ScenarioVersion(models.Model):
    """A kept scenario as it was from this version on: its name, as of when it is known, and its planned changes.

    `survival` is the share of placements that last a year, in ten-thousandths. `what` says in a few words what this
    version changed. With `closed` the scenario is put away: it is readable in its history and nowhere else.
    """

    scenario = models.ForeignKey(KeptScenario, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    known_at = models.DateTimeField()
    survival = models.IntegerField()
    changes = models.JSONField(default=list)
    what = models.TextField()
    closed = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ScenarioVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scenario_version_number_unique"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(what=""), name="scenario_version_says_what"),
            models.CheckConstraint(
                condition=Q(survival__gte=1, survival__lte=RATE_SCALE), name="scenario_version_survival_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"


class SavingsPlan(models.Model):
    """What the council's financial plan counts on in a financial year, period by period: a version of it.

    `financial_year` is the calendar year in which it begins, `amounts` are pounds for P1 (April) to P12 (March), and
    `source` says where they stand. The latest recorded version of a year holds; none is ever changed.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="savings_plans")
    financial_year = models.PositiveSmallIntegerField()
    amounts = ArrayField(models.DecimalField(max_digits=12, decimal_places=2))
    source = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar[models.Manager["SavingsPlan"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amounts__len=12), name="savings_plan_of_twelve_periods"),
            models.CheckConstraint(condition=~Q(source=""), name="savings_plan_says_its_source"),
        ]

    def __str__(self) -> str:
        return f"savings plan of {self.contract_id}, {self.financial_year}"
