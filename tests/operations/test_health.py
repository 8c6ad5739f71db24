"""What machines are told: alive, ready, whether the work moves, and figures; and who is told details."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.services import enqueue
from tests.jobs.kinds import ECHO, MAILED
from tests.refusals import execute
from tests.savings import ledger

OUTSIDE = {"REMOTE_ADDR": "203.0.113.9"}
WELL = {"database": "ok", "migrations": "ok", "work": "ok"}


def overdue(kind: str, seconds: int) -> None:
    job = enqueue(kind=kind, key=f"since {seconds}", subject="x")
    Job.objects.filter(pk=job.pk).update(run_after=Now() - timedelta(seconds=seconds))


def figures(client: Client) -> dict[str, float]:
    """Every figure by its name and labels."""
    text = client.get("/metrics").content.decode()
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_alive_without_a_database(client: Client) -> None:
    """Pytest would refuse a query here."""
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_while_the_database_answers_and_its_tables_are_known(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": WELL})


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_not_ready_before_the_migrations_of_this_release(client: Client) -> None:
    ((app, last),) = MigrationLoader(None).graph.leaf_nodes("jobs")
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, last])
        try:
            answer = client.get("/health/ready")
        finally:
            execute(
                f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{last}', now())", alias="owner"
            )
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "1 not applied", "work": "unknown"}


@pytest.mark.django_db
def test_newer_tables_than_this_release_knows_are_no_hindrance(client: Client) -> None:
    """So that the old release goes on while the new one's migrations are in."""
    connections["default"].cursor().execute("SELECT 1")
    assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_work_that_does_not_move_is_told_but_takes_no_web_server_away(client: Client) -> None:
    overdue(MAILED, 290)
    assert client.get("/health/work").status_code == 200
    overdue(ECHO, 400)
    work, ready = client.get("/health/work"), client.get("/health/ready")
    assert (work.status_code, ready.status_code) == (503, 200)
    assert work.json()["checks"]["work"].startswith("late: a job has been due for 40")
    assert ready.json()["checks"]["work"] == work.json()["checks"]["work"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asking",
    [
        OUTSIDE,
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "unix:"},
    ],
)
def test_outsiders_are_told_whether_all_is_well_and_no_more(client: Client, asking: dict[str, str]) -> None:
    overdue(ECHO, 400)
    assert client.get("/health/ready", **asking).json() == {"status": "ok"}
    assert client.get("/health/work", **asking).json() == {"status": "unavailable"}
    assert client.get("/metrics", **asking).status_code == 404


@pytest.mark.django_db
def test_figures_are_for_the_allowed_addresses(client: Client, settings: LazySettings) -> None:
    from ipaddress import ip_network

    settings.METRICS_ALLOWED = [ip_network("203.0.113.0/24")]
    assert client.get("/metrics", **OUTSIDE).status_code == 200
    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health/live", "/health/ready", "/health/work", "/metrics"])
def test_nothing_is_changed_there(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert "Set-Cookie" not in client.get(address).headers


@pytest.mark.django_db
def test_figures_of_jobs_contracts_and_requests(client: Client) -> None:
    contract = ledger.load(ledger.scenario("breakdown-reported-late"), ledger.parties())
    overdue(MAILED, 90)
    client.get("/health/live")
    told = figures(client)
    assert told["ledger_database_up[]"] == 1
    assert told["ledger_jobs[('queue', 'mail'), ('state', 'waiting')]"] == 1
    assert told["ledger_jobs[('queue', 'documents'), ('state', 'failed')]"] == 0
    assert 90 <= told["ledger_oldest_due_job_seconds[('queue', 'mail')]"] < 120
    assert told["ledger_statements_waiting[('for', 'release')]"] == 0
    assert told["ledger_statements_waiting[('for', 'agreement')]"] == 0
    assert told[f"ledger_maximum_used_ratio[('contract', '{contract.reference}')]"] == 0
    assert told["ledger_requests_total[('method', 'GET'), ('route', 'health-live'), ('status', '200')]"] >= 1
    assert told["ledger_request_seconds_count[('route', 'health-live')]"] >= 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_without_its_tables_the_processes_figures_remain(client: Client) -> None:
    with transaction.atomic("owner"):
        execute("ALTER TABLE jobs_job RENAME TO jobs_job_away", alias="owner")
    try:
        told = figures(client)
    finally:
        execute("ALTER TABLE jobs_job_away RENAME TO jobs_job", alias="owner")
    assert told["ledger_database_up[]"] == 0
    assert not any(name.startswith("ledger_jobs") for name in told)
