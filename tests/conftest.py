"""What every test stands on: the test database under its three roles, and the browser.

A test marked `django_db` works as the application's role (alias `default`). It names `owner` or `agent` in
`databases` to use those roles too. The three are different connections: inside a test that is rolled back, one does
not see what another has not committed.
"""

import os
import shutil
import time
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from tests.observing import SecurityLog, listening
from tests.stage import Stage

# Once a browser was started, Playwright's event loop stays in the thread of all later tests, and Django would refuse
# to read a row there: wrongly, since nothing else runs in that loop meanwhile.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

DATABASE = {"db", "transactional_db", "live_server"}
STAGE = pytest.StashKey[Stage]()
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Generator[None]:
    """The test database, made and migrated by its owner. A test that commits leaves it as the migrations did.

    pytest-django's own fixture would make only the databases that some test names, and so miss the owner's, which
    the others mirror.
    """
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        made = setup_databases(verbosity, interactive=False, aliases=dict.fromkeys(connections), serialized_aliases=[])
        connections["owner"].close()
        request.config.stash[STAGE] = stage = Stage()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _close_and_empty(stage))
        with django_db_blocker.block():
            yield
        connections.close_all()
        _wait_for_leavers()
        with suppress(OperationalError):  # somebody does not leave: the next run clears the database away
            teardown_databases(made, verbosity)


def _wait_for_leavers() -> None:
    """A browser that was just closed can leave a request behind, and with it a session of the live server's."""
    left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connections["owner"].cursor() as cursor:
        for _ in range(100):
            cursor.execute(left)
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.1)
    connections["owner"].close()


def _close_and_empty(stage: Stage) -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
    stage.empty()


@pytest.fixture(autouse=True)
def _from_nothing(request: pytest.FixtureRequest) -> None:
    """Whoever does not ask for the stage begins from nothing."""
    stage, fixtures = request.config.stash.get(STAGE, None), set(request.fixturenames)
    if stage is not None and "stage" not in fixtures and (fixtures & DATABASE or _is_marked(request)):
        stage.clear()


def _is_marked(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("django_db") is not None


@pytest.fixture
def stage(db: None, request: pytest.FixtureRequest) -> Stage:
    """Puts what a test begins from into the database."""
    return request.config.stash[STAGE].for_a_test()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Starts the machine's own browser: none is downloaded."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.fail("No Chromium was found. Run `make setup`.")
    # Chromium refuses to run as root with its sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": browser, "args": arguments}


@pytest.fixture
def security_log() -> Generator[SecurityLog]:
    """What the security log says during the test."""
    with listening() as found:
        yield found
