"""Mail about accounts, as kinds of job. No mail says anything of a child, a contract or an amount."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from pbr_ledger.accounts.models import INVITATION, FactorReset, Person
from pbr_ledger.accounts.queries import links_open
from pbr_ledger.accounts.services import MAIL_LINK, MAIL_RESET, token_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import MAIL, JobKind
from pbr_ledger.words import instant_shown


def mail_link(job: Job) -> None:
    """Mail the link whose id is the job's key, unless it has stopped working meanwhile."""
    link = (
        links_open(DATABASE_CLOCK.read(after=None))
        .select_related("person__organisation", "made_by")
        .filter(pk=int(job.key))
        .first()
    )
    if link is None:
        return
    is_invitation = link.purpose == INVITATION
    address = reverse("invitation" if is_invitation else "new-password", args=[token_of(link)])
    subject = "Your account in the payment-by-results ledger" if is_invitation else "A new password for the ledger"
    name = "invitation" if is_invitation else "password_reset"
    _send(
        name,
        subject,
        link.person,
        {
            "link": link,
            "address": f"{settings.PUBLIC_ADDRESS}{address}",
            "expires": instant_shown(link.expires_at),
        },
    )


def mail_reset(job: Job) -> None:
    """Tell the person whose second factor was reset, so that they notice if it was not for them."""
    reset = FactorReset.objects.select_related("person", "asked_by", "confirmed_by").get(pk=int(job.key))
    address = f"{settings.PUBLIC_ADDRESS}{reverse('sign-in')}"
    _send(
        "factor_reset",
        "Your second factor for the ledger was reset",
        reset.person,
        {"reset": reset, "address": address},
    )


def keep_nothing(_job: Job, _output: None) -> str:
    """A mail leaves no row behind but its job's."""
    return ""


def _send(name: str, subject: str, person: Person, context: dict[str, object]) -> None:
    text = render_to_string(
        f"accounts/mails/{name}.txt", context | {"person": person, "council": settings.COUNCIL_NAME}
    )
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])


LINK_MAIL = JobKind(MAIL_LINK, work=mail_link, store=keep_nothing, queue=MAIL, title="Link by mail")
RESET_MAIL = JobKind(MAIL_RESET, work=mail_reset, store=keep_nothing, queue=MAIL, title="Lost factor by mail")
