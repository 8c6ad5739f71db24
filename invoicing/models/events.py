"""What has happened, in one order for everybody who follows it from outside."""

from typing import ClassVar

from django.db import models

from cohort.models import Contract
from invoicing.models.invoices import Invoice
from invoicing.models.payments import Payment
from savings.models import ClosedStatement


class Event(models.Model):
    """One thing that happened, with its key in the order of commits: who has read up to a key has missed nothing.

    Written by triggers in the transaction of what happened, and by nothing else; append-only. It tells which rows to
    look at and nothing of their content.
    """

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="events")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="events", null=True, blank=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events", null=True, blank=True)
    statement = models.ForeignKey(
        ClosedStatement, on_delete=models.PROTECT, related_name="events", null=True, blank=True
    )

    objects: ClassVar[models.Manager["Event"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(invoice__isnull=False, payment=None, statement=None)
                | models.Q(invoice=None, payment__isnull=False, statement=None)
                | models.Q(invoice=None, payment=None, statement__isnull=False),
                name="event_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.contract}"
