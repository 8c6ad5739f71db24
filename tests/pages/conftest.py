"""The world of these tests, a message folder of their own, and the browser."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page

from pbr_ledger.accounts.models import Person
from pbr_ledger.jobs import broker
from savings.services import close
from tests.pages.months import agreed, at, person
from tests.pages.world import World, peopled, world
from tests.stage import Stage

QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """No message reaches a worker outside, no file of a real demonstration is read, and passwords hash fast."""
    folder = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    monkeypatch.setitem(broker.app.conf, "broker_url", "folder://")
    monkeypatch.setitem(broker.app.conf, "broker_transport_options", folder)
    settings.VAR_DIR = tmp_path
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def here(stage: Stage) -> World:
    """Two contracts and their people."""
    return stage.of(world)


@pytest.fixture
def folk(stage: Stage) -> dict[str, Person]:
    """The people of both sides, without any contract."""
    return stage.of(peopled)[0]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own browser, quiet: nothing in the background, nothing over the network but the pages."""
    return {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *QUIET]}


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    """A window of somebody who has just come; pytest-playwright's own asks for a base address that we do not have."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def open_month(stage: Stage) -> World:
    """One child moved on 12 November 2025; no month is closed."""
    return stage.of(world, "mid-month-move", 0)


@pytest.fixture
def late(stage: Stage) -> World:
    """February to May 2026 closed: three invoices, and a credit note for a breakdown that was reported late."""
    return stage.of(world, "breakdown-reported-late")


@pytest.fixture
def closed_month(stage: Stage) -> World:
    """November 2025, closed on 8 December."""
    return stage.of(november_closed)


def november_closed() -> World:
    """The open month, closed."""
    open_month = world("mid-month-move", 0)
    proposal = agreed(open_month)
    by = person(open_month, "lead_accountant")
    close(proposal=proposal, by=by, clock=at("2025-12-08 13:00"), skipping_because="Nobody had moved")
    return open_month
