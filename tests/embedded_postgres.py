"""Gives the tests a database server of their own, before any setting is read.

Loaded by `-p tests.embedded_postgres` (pyproject.toml). The process that controls the run starts the embedded server
on `var/test-postgres` and stops it at the end; the workers of pytest-xdist find its address in the environment. Two
runs at once share the server: each names its databases after its own process.

With DATABASE_URL, DATABASE_OWNER_URL and DATABASE_AGENT_URL set, the tests use that server instead, and its role
pbr_owner needs CREATEDB.
"""

import os
import signal
from collections.abc import Generator
from types import FrameType

import pytest

from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.postgres import EmbeddedPostgres, urls_given, var_folder

SERVER = pytest.StashKey[EmbeddedPostgres]()
LEFT_BEHIND = "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Names the server in the environment. pytest-django reads the settings inside this hook, so this wraps it."""
    os.environ.setdefault("SECRET_KEY", "for-tests-only-0123456789-0123456789-0123456789-0123456789")
    os.environ.setdefault(
        "PBR_HTTPS", "false"
    )  # the tests speak http; tests/accounts/test_deployment.py looks at the other
    os.environ.setdefault("APP_CODE_TOLERANCE", "1")  # no test may end in the second in which a code runs out
    try:
        if not urls_given(os.environ):
            server = EmbeddedPostgres(var_folder(os.environ) / "test-postgres", durable=False)
            os.environ.update(server.urls(f"run_{os.getpid()}"))
            early_config.stash[SERVER] = server
    except ProvisionError as error:
        raise pytest.UsageError(str(error)) from error
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Starts the server, and clears away what killed runs left on it."""
    server = session.config.stash.get(SERVER, None)
    if server is None or session.config.option.collectonly:
        return
    signal.signal(signal.SIGTERM, _end_as_if_interrupted)
    try:
        alone = server.start()
        server.make_database("pbr_ledger")
        for name in server.execute(LEFT_BEHIND).split() if alone else ():
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    except ProvisionError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server unless another run is using it."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()


def _end_as_if_interrupted(signal_number: int, frame: FrameType | None) -> None:
    """Lets a terminated run stop its server too."""
    raise KeyboardInterrupt
