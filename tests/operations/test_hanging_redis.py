"""A request that asks for work while Redis hangs is answered within three seconds, and the work is done afterwards."""

import time
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.test import Client

from pbr_ledger.accounts.models import Organisation, Person, RoleGrant
from pbr_ledger.jobs import broker
from pbr_ledger.jobs.models import FAILED, Job
from pbr_ledger.jobs.services import dispatch_once
from tests.jobs.conftest import send_to
from tests.jobs.kinds import ECHO
from tests.jobs.processes import wait_until, worker
from tests.operations.running import Redis
from tests.signing_in import signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def administrator() -> Client:
    council = Organisation.objects.create(reference="council", name="A council", kind="council")
    ada = Person.objects.create(organisation=council, email="ada@example.org", full_name="Ada Officer")
    RoleGrant.objects.create(person=ada, role="administrator", granted_at="2025-07-01T00:00:00Z")
    return signed_in(ada)


def failed(number: int) -> Job:
    told = {"state": FAILED, "error": "ValueError: x", "attempts": 5, "finished_at": Now()}
    return Job.objects.create(kind=ECHO, key=f"report {number}", subject="March", **told)


def test_requests_are_answered_while_redis_hangs(
    tmp_path: Path, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = Redis(tmp_path / "redis")
    redis.start()
    try:
        send_to(monkeypatch, url=redis.url)
        jobs = [failed(number) for number in range(3)]
        with worker(var=tmp_path, broker_url=redis.url):
            with redis.hanging():
                for job in jobs:
                    began = time.monotonic()
                    answer = administrator.post(f"/work/{job.pk}/run-again/")
                    assert (answer.status_code, time.monotonic() - began < 3) == (302, True)
                assert administrator.get("/health/ready").status_code == 200
                assert set(Job.objects.filter(kind=ECHO).values_list("state", flat=True)) == {"waiting"}
            monkeypatch.setattr(broker._Silence, "until", float("-inf"))
            wait_until(lambda: dispatch_once(inline=False) or True)
            wait_until(lambda: Job.objects.filter(kind=ECHO, state="done").count() == 3)
    finally:
        redis.stop()
