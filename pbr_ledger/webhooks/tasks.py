"""The work of webhooks as kinds of job: one attempt at a delivery, and the notice that an endpoint was disabled."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import MAIL, WEBHOOKS, JobKind
from pbr_ledger.webhooks.events import WEBHOOK
from pbr_ledger.webhooks.lifecycles import DISABLED
from pbr_ledger.webhooks.models import GONE, Delivery, Endpoint
from pbr_ledger.webhooks.services import DISABLED_NOTICE, Outcome, attempted, keep_attempt
from pbr_ledger.words import instant_shown


def attempt(job: Job) -> Outcome | None:
    """What came of the attempt that the job's key names: delivery, round and number."""
    pk, which, number = (int(part) for part in job.key.split("."))
    delivery = Delivery.objects.select_related("endpoint__organisation").get(pk=pk)
    return attempted(delivery=delivery, round=which, number=number, clock=DATABASE_CLOCK)


def keep(job: Job, outcome: Outcome | None) -> str:
    """Keep it with what follows; nothing was made that has a SHA-256."""
    if outcome is not None:
        delivery = Delivery.objects.get(pk=int(job.key.split(".")[0]))
        keep_attempt(delivery=delivery, outcome=outcome, clock=DATABASE_CLOCK)
    return ""


def mail_disabled(job: Job) -> None:
    """Tell the administrator whom the job's key names, unless the endpoint has been enabled meanwhile."""
    endpoint_id, _, person_id = job.key.split()
    endpoint = Endpoint.objects.select_related("organisation").get(pk=int(endpoint_id))
    person = Person.objects.get(pk=int(person_id))
    if endpoint.state != DISABLED or endpoint.disabled_at is None or not person.is_active:
        return
    context = {
        "person": person,
        "endpoint": endpoint,
        "host": endpoint.url.split("/")[2],
        "is_gone": endpoint.disabled_because == GONE,
        "disabled": instant_shown(endpoint.disabled_at),
        "address": f"{settings.PUBLIC_ADDRESS}{reverse('endpoint', args=[endpoint.pk])}",
    }
    text = render_to_string("webhooks/mails/endpoint_disabled.txt", context)
    subject = "A webhook endpoint of the payment-by-results ledger was disabled"
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])


def keep_nothing(_job: Job, _output: None) -> str:
    """A mail leaves no row behind but its job's."""
    return ""


DELIVER = JobKind(WEBHOOK, work=attempt, store=keep, queue=WEBHOOKS, title="Webhook")
DISABLED_MAIL = JobKind(
    DISABLED_NOTICE, work=mail_disabled, store=keep_nothing, queue=MAIL, title="Disabled endpoint by mail"
)
