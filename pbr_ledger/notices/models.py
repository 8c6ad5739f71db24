"""Notices: what happened, who is told of it and how, and what each person chose."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from pbr_ledger.accounts.models import Organisation, Person

AT_ONCE = "at_once"
DAILY = "daily"
NEVER = "never"
CHOICES = (AT_ONCE, DAILY, NEVER)

LONGEST_TEXT = 300


class Notice(models.Model):
    """Something that happened, as the people of `organisations` may be told: of a contract, never of a child or carer.

    `about` names the contract; `page` and `parts` are the name of a page's address and what stands in it. Whoever did
    it (`by`) is not told. Append-only.
    """

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=LONGEST_TEXT)
    text = models.CharField(max_length=LONGEST_TEXT)
    page = models.CharField(max_length=100)
    parts = models.JSONField(default=list, blank=True)
    organisations: "models.ManyToManyField[Organisation, Organisation]" = models.ManyToManyField(
        Organisation, related_name="+"
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager["Notice"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(about="") & ~Q(text="") & ~Q(page=""),
                name="notice_says_what_and_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.text}"


class NoticeCopy(models.Model):
    """That a person is told of a notice, at once or in the next daily summary; `sent_at` once the mail has gone."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="copies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at_once = models.BooleanField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["NoticeCopy"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person"], name="notice_copy_once_for_each_person"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person"], condition=Q(sent_at=None), name="notice_copy_unsent"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} to {self.person}"


class NoticeChoice(models.Model):
    """How a person wants to be told of one kind of notice. Without a row the kind's own default holds."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notice_choices")
    kind = models.CharField(max_length=40)
    choice = models.CharField(max_length=10)

    objects: ClassVar[models.Manager["NoticeChoice"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(F("person"), F("kind"), name="notice_choice_one_for_each_kind"),
            models.CheckConstraint(condition=Q(choice__in=CHOICES), name="notice_choice_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.choice}"
