"""What befalls a running ledger: killed processes, Redis stopped, emptied, hanging, PostgreSQL restarted under load.

After each, `check_ledger` finds nothing, nothing acknowledged is missing, and no document exists twice. With
FAULT_ROUNDS=20 each fault comes so often; otherwise once.
"""

import os
import re
import signal
import time
from collections.abc import Iterator
from threading import Thread

import pytest
import requests

from pbr_ledger.accounts.adapters import NOT_RECOGNISED, TOO_MANY
from tests.operations.running import Redis, Running, descendants, private_folder, wait_until_or

ROUNDS = range(int(os.environ.get("FAULT_ROUNDS") or 1))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Two web servers, two workers, two schedulers, two dispatchers, over PostgreSQL and Redis of their own."""
    with private_folder() as folder:
        redis = Redis(folder / "redis")
        redis.start()
        ledger = Running(folder, redis=redis)
        try:
            ledger.make_tables()
            ledger.serve()
            yield ledger
        finally:
            ledger.stop()
            redis.stop()


def test_two_web_servers_are_one_to_whoever_comes_in(running: Running) -> None:
    """A form of the one is taken by the other, and attempts are counted over both."""
    addresses = [f"http://127.0.0.1:{port}/sign-in/" for port in (running.port, running.port + 1)]
    with requests.Session() as visitor:
        visitor.headers["Host"] = "localhost"  # one name for both, as behind the proxy
        said = []
        for attempt in range(6):
            form = visitor.get(addresses[attempt % 2], timeout=30).text
            token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[0]
            data = {"csrfmiddlewaretoken": token, "login": "nobody@council.example", "password": "wrong every time"}
            answer = visitor.post(addresses[1 - attempt % 2], data=data, timeout=30)
            said.append((answer.status_code, NOT_RECOGNISED in answer.text, TOO_MANY in answer.text))
    assert said == [(200, True, False)] * 5 + [(200, False, True)]


@pytest.mark.parametrize("number", ROUNDS)
def test_whatever_is_killed_is_started_again_and_nothing_is_lost(running: Running, number: int) -> None:
    assert running.load(f"KILL {number}", "breakdown-reported-late")
    for child in descendants(running.pid("documents-1")):
        os.kill(child, signal.SIGKILL)
    for name in ("documents-2", "web-1", "beat-1", "dispatcher-1"):
        running.kill(name)
    running.judge()
    for port in (running.port, running.port + 1):
        wait_until_or(lambda port=port: running.status("/health/ready", port=port) == 200, 30)
        assert running.status("/health/ready", port=port) == 200
    assert running.status("/metrics") == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("number", ROUNDS)
def test_while_redis_is_away_the_ledger_goes_on(running: Running, number: int, how: signal.Signals) -> None:
    assert running.redis is not None
    running.redis.stop(how)
    assert running.load(f"AWAY {how} {number}")
    assert running.status("/health/ready") == 200
    running.redis.start()
    running.judge()


@pytest.mark.parametrize("number", ROUNDS)
def test_while_redis_hangs_requests_are_answered_and_the_work_is_done_when_it_returns(
    running: Running, number: int
) -> None:
    assert running.redis is not None
    with running.redis.hanging():
        assert running.load(f"HANG {number}")
        began = time.monotonic()
        assert (running.status("/sign-in/"), running.status("/health/ready")) == (200, 200)
        assert time.monotonic() - began < 3
    running.judge()


@pytest.mark.parametrize("number", ROUNDS)
def test_messages_that_redis_forgot_are_sent_again(running: Running, number: int) -> None:
    assert running.redis is not None
    assert running.load(f"EMPTY {number}", "mid-month-move")
    assert running.redis.say("FLUSHALL").startswith(b"+OK")
    running.judge()


@pytest.mark.parametrize("how", ["fast", "immediate"])
@pytest.mark.parametrize("number", ROUNDS)
def test_postgresql_restarted_under_load_loses_nothing_that_was_acknowledged(
    running: Running, number: int, how: str
) -> None:
    """`immediate` is a crash: the server recovers from its log. Loads that break are whole or not there at all."""
    references = [f"LOAD {how} {number} {each}" for each in range(2)]
    loads = [Thread(target=running.load, args=(reference,)) for reference in references]
    for load in loads:
        load.start()
    time.sleep(2.5)
    running.postgres._run("pg_ctl", "restart", "-D", str(running.postgres.folder), "-m", how, "-w")
    for load in loads:
        load.join()
    assert running.load(f"AFTER {how} {number}")
    running.judge()


def test_two_schedulers_asked_for_each_nights_check_once(running: Running) -> None:
    asked = running.rows("SELECT key, count(*) FROM jobs_job WHERE kind = 'check_ledger' GROUP BY key")
    assert {count for _, count in asked} <= {1}


def test_log_of_all_that_holds_no_childs_reference(running: Running) -> None:
    """The references of the scenarios' children: C01, C02 …; and every line is JSON that says who wrote it."""
    lines = running.log()
    assert {"pbr_ledger.jobs.services.working", "gunicorn.error"} <= {line["logger"] for line in lines}
    assert [line for line in lines if "C01" in str(line) or "C02" in str(line)] == []


def test_everything_ends_in_peace_when_asked(running: Running) -> None:
    """The last of this file: afterwards nothing serves."""
    assert running.stop_serving() == 128 + signal.SIGTERM
    assert list((running.var / "serve").glob("*.pid")) == []


def test_without_redis_and_workers_a_months_work_is_done_inline(running: Running) -> None:
    assert running.redis is not None
    running.redis.stop()
    try:
        assert running.load("INLINE", "mid-month-move")
        running.manage("catch_up")
        running.manage("dispatch", "--inline")
        assert running.rows("SELECT count(*) FROM jobs_job WHERE state <> 'done'") == [(0,)]
        running.judge()
    finally:
        running.redis.start()
