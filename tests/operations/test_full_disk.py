"""A full disk: nothing is acknowledged that was not kept, and with room again everything goes on.

The disk is a small one in memory. Where neither root nor sudo may mount it, PBR_SMALL_DISK names one that an
administrator has mounted: `mount -t tmpfs -o size=220m,uid=$(id -u),mode=0755 tmpfs FOLDER`, with a short path.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.running import Running, private_folder

SIZE_MB = 220

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, of that size."""
    if given := os.environ.get("PBR_SMALL_DISK"):
        yield Path(given)
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    with private_folder() as folder:
        options = f"size={SIZE_MB}m,mode=0755,uid={os.geteuid()},gid={os.getegid()}"
        mounted = subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False)
        if mounted.returncode:
            pytest.fail("A small disk is needed: be root, have sudo, or set PBR_SMALL_DISK (see the top of this file).")
        try:
            yield folder
        finally:
            subprocess.run([*sudo, "umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Nothing more can be written."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            return ballast


def test_full_disk_refuses_what_it_cannot_keep_and_recovers(small_disk: Path) -> None:
    ledger = Running(small_disk)
    try:
        ledger.make_tables()
        assert ledger.load("BEFORE")
        ballast = fill(small_disk)
        assert not ledger.load("FULL", "plymouth")
        ballast.unlink()
        ledger.postgres.stop()  # where the log could not be written either, the server has stopped itself
        ledger.postgres.start()
        assert ledger.load("AFTER")
        ledger.manage("dispatch", "--inline")
        ledger.judge()
        assert ledger.rows("SELECT reference FROM cohort_contract ORDER BY 1") == [("AFTER",), ("BEFORE",)]
    finally:
        ledger.stop()
