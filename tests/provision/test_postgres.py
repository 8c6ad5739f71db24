"""The embedded server starts from nothing, is shared, and comes back after whatever happened to the run before."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.postgres import EmbeddedPostgres
from tests.provision.conftest import NOBODY, as_ordinary_user


@pytest.fixture
def server(shared_place: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(shared_place / "postgres", durable=False)
    server.start()
    server.make_database("pbr_ledger", afresh=True)
    yield server
    server.stop()


def ask(server: EmbeddedPostgres, role: str, question: str) -> object:
    with psycopg.connect(server.urls("pbr_ledger")[role]) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


def make_as_owner(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.urls("pbr_ledger")["DATABASE_OWNER_URL"]) as connection:
        connection.execute(statement)


def kill_minus_nine(server: EmbeddedPostgres) -> int:
    number = int((server.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    os.kill(number, signal.SIGKILL)
    while server.is_running():
        time.sleep(0.02)
    return number


def test_each_url_connects_as_its_role_and_none_is_a_superuser(server: EmbeddedPostgres) -> None:
    assert {name: ask(server, name, "SELECT current_user") for name in server.urls("pbr_ledger")} == {
        "DATABASE_URL": "pbr_application",
        "DATABASE_OWNER_URL": "pbr_owner",
        "DATABASE_AGENT_URL": "pbr_agent",
    }
    roles = "SELECT array_agg((rolname, rolcreatedb)::text ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'pbr_%'"
    assert ask(server, "DATABASE_URL", roles) == [
        "(pbr_agent,f)",
        "(pbr_application,f)",
        "(pbr_backup,f)",
        "(pbr_owner,t)",
    ]
    assert ask(server, "DATABASE_URL", "SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname LIKE 'pbr_%'") is False


def test_only_the_owner_may_make_tables(server: EmbeddedPostgres) -> None:
    make_as_owner(server, "CREATE TABLE made (content int)")
    for role in ("DATABASE_URL", "DATABASE_AGENT_URL"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, role, "CREATE TABLE not_made ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, role, "SELECT * FROM made")


def test_only_its_account_reaches_the_server_and_no_network_does(server: EmbeddedPostgres) -> None:
    assert server.folder.stat().st_mode & 0o077 == 0
    assert server.execute("SHOW listen_addresses") == ""
    assert int(server.execute("SHOW max_connections")) >= 100


def test_names_sort_the_same_on_every_machine(server: EmbeddedPostgres) -> None:
    names = "SELECT string_agg(name, ' ' ORDER BY name) FROM (VALUES ('b'), ('B'), ('a'), ('é'), ('z')) AS them (name)"
    assert ask(server, "DATABASE_URL", names) == "B a b z é"


def test_the_last_to_stop_it_stops_it(server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(server.folder, durable=False)
    assert second.start() is False
    server.stop()
    assert second.is_running()
    second.stop()
    assert not second.is_running()


def test_what_was_committed_is_there_after_a_restart(server: EmbeddedPostgres) -> None:
    make_as_owner(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert not server.is_running()
    assert server.start() is True
    server.make_database("pbr_ledger")
    assert ask(server, "DATABASE_OWNER_URL", "SELECT answer FROM kept") == 42


def test_a_killed_server_recovers_what_was_committed(server: EmbeddedPostgres) -> None:
    server.stop()
    server.durable = True
    server.start()
    make_as_owner(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill_minus_nine(server)
    server.stop()

    assert server.start() is True
    assert ask(server, "DATABASE_OWNER_URL", "SELECT answer FROM kept") == 42
    assert server.execute("SHOW fsync") == "on"


def test_a_killed_servers_number_may_belong_to_another_process_by_now(server: EmbeddedPostgres) -> None:
    number = kill_minus_nine(server)
    server.stop()
    note = server.folder / "postmaster.pid"
    note.write_text(note.read_text(encoding="utf-8").replace(str(number), str(os.getppid()), 1), encoding="utf-8")
    assert server.start() is True


def test_half_made_data_is_made_again(place: Path) -> None:
    making = place / "postgres.making"
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n", encoding="ascii")
    server = EmbeddedPostgres(place / "postgres", durable=False)
    server.start()
    assert server.is_running()
    server.stop()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("letter.txt", "dear", "holds something that is no PostgreSQL data"), ("PG_VERSION", "16\n", "PostgreSQL 16")],
)
def test_a_folder_of_something_else_is_left_alone(place: Path, name: str, content: str, reason: str) -> None:
    theirs = place / "postgres" / name
    theirs.parent.mkdir()
    theirs.write_text(content, encoding="utf-8")
    with pytest.raises(ProvisionError, match=reason):
        EmbeddedPostgres(place / "postgres", durable=False).start()
    assert [path.name for path in theirs.parent.iterdir()] == [name]
    assert theirs.read_text(encoding="utf-8") == content


def test_a_path_too_long_for_a_socket_has_its_socket_elsewhere(place: Path) -> None:
    server = EmbeddedPostgres(place / ("long" * 30) / "postgres", durable=False)
    server.start()
    server.make_database("pbr_ledger")
    assert ask(server, "DATABASE_URL", "SELECT current_user") == "pbr_application"
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    server.stop()
    server.socket_folder.rmdir()


def test_a_socket_folder_that_somebody_else_made_is_refused(place: Path) -> None:
    server = EmbeddedPostgres(place / ("long" * 30) / "postgres", durable=False)
    server.socket_folder.mkdir()
    server.socket_folder.chmod(0o777)
    with pytest.raises(ProvisionError, match="not a private folder"):
        server.start()
    assert not server.is_running()
    server.socket_folder.rmdir()


def test_a_path_that_a_shell_would_read_is_refused(place: Path) -> None:
    with pytest.raises(ProvisionError, match="plainer path"):
        EmbeddedPostgres(place / "$HOME" / "postgres", durable=False).start()


def test_an_ordinary_user_needs_nobody_and_root_respects_whose_data_it_is(place: Path) -> None:
    ordinary = os.geteuid() or NOBODY
    os.chown(place, ordinary, -1)

    def start_and_stop() -> None:
        server = EmbeddedPostgres(place / "postgres", durable=False)
        server.start()
        server.make_database("pbr_ledger")
        assert ask(server, "DATABASE_OWNER_URL", "SELECT current_user") == "pbr_owner"
        server.stop()
        assert not server.is_running()

    assert as_ordinary_user(start_and_stop)
    start_and_stop()
    assert {path.stat().st_uid for path in (place / "postgres").rglob("*")} == {ordinary}


def test_a_socket_path_fits_where_it_is_kept(place: Path) -> None:
    """The length that the code allows is one that the system takes."""
    folder = place / ("x" * (103 - len(str(place)) - len("//.s.PGSQL.5432")))
    folder.mkdir()
    server = EmbeddedPostgres(folder)
    assert server.socket_folder == folder
    with socket.socket(socket.AF_UNIX) as tried:
        tried.bind(str(folder / ".s.PGSQL.5432"))
