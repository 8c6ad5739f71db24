"""Processes without containers: started again when they end, ended when asked, and how one sees that they live."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pbr_ledger.provision import serve
from pbr_ledger.provision.__main__ import main
from pbr_ledger.provision.alive import is_alive
from pbr_ledger.provision.processes import ARGUMENTS, wanted
from tests.jobs.processes import wait_until

KEEP = """
import sys
from pathlib import Path
from pbr_ledger.provision import serve
from pbr_ledger.provision.processes import Process
from pbr_ledger.provision.supervise import Stopped, stop_on_signals

serve.FIRST_PAUSE_SECONDS = 0.2
try:
    with stop_on_signals():
        kept = Process("sleeper-1", ["sh", "-c", sys.argv[2]], {"MARK": "x"})
        serve.keep_running([kept], {"PATH": sys.argv[3]}, Path(sys.argv[1]))
except Stopped as stop:
    sys.exit(128 + stop.number)
"""


def kept(folder: Path, script: str) -> "subprocess.Popen[str]":
    """A supervisor that keeps the shell script running."""
    command = [sys.executable, "-c", KEEP, str(folder), script, os.environ["PATH"]]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def pid(folder: Path) -> int:
    file = folder / "sleeper-1.pid"
    wait_until(lambda: file.exists() and file.read_text().strip())
    return int(file.read_text())


def test_what_ends_is_started_again_with_all_that_it_began_gone(tmp_path: Path) -> None:
    script = f"sleep 300 & echo $! >>{tmp_path}/children; echo $MARK >>{tmp_path}/marks; wait"
    with kept(tmp_path, script) as supervisor:
        first = pid(tmp_path)
        wait_until((tmp_path / "children").exists)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: (tmp_path / "children").read_text().count("\n") == 2)
        orphan = int((tmp_path / "children").read_text().split()[0])
        wait_until(lambda: not Path(f"/proc/{orphan}").exists() or " Z " in Path(f"/proc/{orphan}/stat").read_text())
        assert pid(tmp_path) != first
        supervisor.terminate()
        assert supervisor.wait(20) == 128 + signal.SIGTERM
        assert supervisor.stderr is not None
        said = supervisor.stderr.read().splitlines()
    assert said == ["Running sleeper-1.", "sleeper-1 ended with status -9; it is started again in 0 s."]
    assert (tmp_path / "marks").read_text() == "x\nx\n"
    assert not (tmp_path / "sleeper-1.pid").exists()


def test_process_that_keeps_ending_is_started_at_growing_intervals(tmp_path: Path) -> None:
    with kept(tmp_path, f"date +%s.%N >>{tmp_path}/starts") as supervisor:
        wait_until(lambda: (tmp_path / "starts").exists() and (tmp_path / "starts").read_text().count("\n") == 4)
        supervisor.terminate()
    starts = [float(line) for line in (tmp_path / "starts").read_text().split()]
    assert starts[3] - starts[2] > 0.8  # after 0.2, 0.4 and 0.8 s
    assert serve.LONGEST_PAUSE_SECONDS == 30


def test_two_of_a_kind_have_ports_and_names_of_their_own() -> None:
    two = wanted({"web": 2, "documents": 2, "mail": 0}, host="127.0.0.1", port=8000)
    assert [process.name for process in two] == ["web-1", "web-2", "documents-1", "documents-2"]
    assert [process.environ.get("WEB_BIND") for process in two[:2]] == ["127.0.0.1:8000", "127.0.0.1:8001"]
    assert ["documents-1@%h" in two[2].command, "documents-2@%h" in two[3].command] == [True, True]
    assert set(ARGUMENTS) == {"web", "documents", "mail", "webhooks", "beat", "dispatcher"}


@pytest.mark.parametrize(("age", "status"), [(0, 0), (119, 0), (121, 1)])
def test_process_is_alive_for_two_minutes_after_its_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int, status: int
) -> None:
    monkeypatch.setenv("PBR_VAR_DIR", str(tmp_path))
    assert main(["alive", "dispatcher"]) == 1
    (tmp_path / "alive").mkdir()
    (tmp_path / "alive" / "dispatcher").touch()
    at = time.time() - age
    os.utime(tmp_path / "alive" / "dispatcher", (at, at))
    assert main(["alive", "dispatcher"]) == status
    assert not is_alive("worker", tmp_path)


def test_web_server_that_does_not_answer_is_not_alive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEB_BIND", "0.0.0.0:1")
    assert not is_alive("web", tmp_path)
