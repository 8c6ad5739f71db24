"""`provision run` gives a command its database and its companions, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pbr_ledger.provision import supervise
from pbr_ledger.provision.postgres import ROLES, EmbeddedPostgres
from pbr_ledger.provision.supervise import Companion

PROVISION = [sys.executable, "-m", "pbr_ledger.provision", "run"]
TELL = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
SLEEP = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]


def provision(environ: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*PROVISION, *arguments], env=environ, capture_output=True, text=True, check=False)


def begin(environ: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    """Starts a run whose command says that it is ready, and waits for that."""
    run = subprocess.Popen([*PROVISION, *arguments, "--", *SLEEP], env=environ, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    return run


def finish(run: "subprocess.Popen[str]", number: signal.Signals) -> int:
    run.send_signal(number)
    with run:
        return run.wait(20)


def is_running(place: Path, folder: str) -> bool:
    return EmbeddedPostgres(place / folder).is_running()


def test_the_commands_exit_status_is_passed_on(environ: dict[str, str], shared_place: Path) -> None:
    assert provision(environ, "--test", "--", "sh", "-c", "exit 7").returncode == 7
    assert provision(environ, "--test", "--", "sh", "-c", "kill -9 $$").returncode == 128 + 9
    nonesuch = provision(environ, "--test", "--", "no-such-command")
    assert (nonesuch.returncode, nonesuch.stderr) == (
        127,
        "no-such-command could not be started: No such file or directory.\n",
    )
    assert not is_running(shared_place, "test-postgres")


def test_the_command_finds_the_database_and_a_key_of_its_own(environ: dict[str, str], shared_place: Path) -> None:
    first, second = (json.loads(provision(environ, "--test", "--", *TELL).stdout) for _ in range(2))
    urls = EmbeddedPostgres(shared_place / "test-postgres").urls("pbr_ledger")
    assert {name: first[name] for name in ROLES} == urls
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert (shared_place / "secret-key").stat().st_mode & 0o777 == 0o600
    assert "PBR_DEMO" not in first


@pytest.mark.parametrize("name", sorted(ROLES))
def test_one_url_alone_is_refused(environ: dict[str, str], place: Path, name: str) -> None:
    refused = provision(environ | {name: "postgresql://somewhere/else", "PBR_VAR_DIR": str(place)}, "--", "true")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name} is set, but not DATABASE_")
    assert not (place / "postgres").exists()


def test_with_all_three_urls_no_server_is_started(environ: dict[str, str], place: Path) -> None:
    given = dict.fromkeys(ROLES, "postgresql://somewhere/else")
    told = provision(environ | given | {"PBR_VAR_DIR": str(place)}, "--", *TELL)
    assert {name: json.loads(told.stdout)[name] for name in ROLES} == given
    assert not (place / "postgres").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_command_and_server(environ: dict[str, str], shared_place: Path, number: signal.Signals) -> None:
    run = begin(environ, "--test")
    assert is_running(shared_place, "test-postgres")
    assert finish(run, number) == 128 + number
    assert not is_running(shared_place, "test-postgres")


def test_after_kill_minus_nine_the_next_run_takes_the_server_over(environ: dict[str, str], shared_place: Path) -> None:
    run = begin(environ, "--test")
    finish(run, signal.SIGKILL)
    assert is_running(shared_place, "test-postgres")
    assert provision(environ, "--test", "--", "true").returncode == 0
    assert not is_running(shared_place, "test-postgres")


def test_a_demonstration_begins_empty_and_alone(environ: dict[str, str], shared_place: Path) -> None:
    count = "import os, psycopg; c = psycopg.connect(os.environ['DATABASE_OWNER_URL']); "
    count += "print(c.execute('SELECT count(*) FROM pg_tables WHERE schemaname = %s', ['public']).fetchone()[0]); "
    count += "c.execute('CREATE TABLE left_over ()'); c.commit()"
    for _ in range(2):
        assert provision(environ, "--demo", "--", "python", "-c", count).stdout == "0\n"

    run = begin(environ, "--demo")
    second = provision(environ, "--demo", "--", "true")
    assert (second.returncode, second.stderr) == (
        1,
        f"Another demonstration is running in {shared_place}. Stop it first, or wait for it.\n",
    )
    finish(run, signal.SIGTERM)


def test_the_demonstration_knows_its_own_database_from_others(environ: dict[str, str]) -> None:
    own = "import os; from pbr_ledger.provision import demonstration as d; print(d.is_own_embedded_server(os.environ))"
    assert provision(environ, "--demo", "--", "python", "-c", own).stdout == "True\n"
    assert provision(environ, "--", "python", "-c", own).stdout == "False\n"
    theirs = environ | dict.fromkeys(ROLES, "postgresql://somewhere/else")
    assert provision(theirs, "--demo", "--", "python", "-c", own).stdout == "False\n"


def companion(place: Path, script: str) -> Companion:
    return Companion("worker", ["sh", "-c", script], place / "worker.log")


def test_when_a_companion_dies_the_rest_stops_and_its_last_lines_are_shown(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    status = supervise.run(["sleep", "60"], [companion(place, "echo no broker; exit 3")], os.environ)
    assert status == 1
    assert time.monotonic() - started < 5
    said = capfd.readouterr().err
    assert "The worker ended with exit status 3, so everything else is stopped." in said
    assert said.endswith("    no broker\n")


def test_a_companion_ends_with_the_command(place: Path) -> None:
    ended = companion(place, "trap 'echo ended in peace; exit' TERM; while :; do sleep 0.05; done")
    assert supervise.run(["sleep", "0.3"], [ended], os.environ) == 0
    assert (place / "worker.log").read_text(encoding="utf-8") == "ended in peace\n"


def test_what_the_command_leaves_behind_is_ended(place: Path) -> None:
    left = place / "left"
    leave = f"(trap 'echo ended in peace >>\"{left}\"; exit' TERM; while :; do sleep 0.05; done) & sleep 0.2"
    assert supervise.run(["sh", "-c", leave], [companion(place, "exec sleep 79")], os.environ) == 0
    assert left.read_text(encoding="utf-8") == "ended in peace\n"


def test_a_companion_that_does_not_listen_is_killed_with_its_children(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "SECONDS_TO_END", 0.3)
    deaf = companion(place, "trap '' TERM; sleep 77 & echo $!; while :; do sleep 0.05; done")
    assert supervise.run(["sleep", "0.3"], [deaf], os.environ) == 0
    child = int((place / "worker.log").read_text(encoding="utf-8"))
    assert is_gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_no_companion_outlives_a_killed_supervisor(place: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from pbr_ledger.provision.supervise import Companion, run; "
        "worker = Companion('worker', ['sh', '-c', 'echo $$; exec sleep 77'], Path(sys.argv[1])); "
        "run(['sleep', '1'], [worker], os.environ)"
    )
    log = place / "worker.log"
    supervisor = subprocess.Popen([sys.executable, "-c", script, str(log)])
    while not (log.exists() and log.read_text(encoding="utf-8").endswith("\n")):
        time.sleep(0.02)
    supervisor.kill()
    supervisor.wait()
    assert is_gone(int(log.read_text(encoding="utf-8")))


def is_gone(process: int) -> bool:
    """Whether it has ended within two seconds (a dead child that nobody has collected yet counts)."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
