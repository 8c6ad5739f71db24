"""Places for servers of these tests, beside the one that the run itself uses."""

import codecs
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pbr_ledger.provision.postgres import ROLES

NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """A private folder with a space in its name, for one test."""
    with _private_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Path]:
    """The same for all tests of a module: making a server's data takes longer than starting it."""
    with _private_folder() as folder:
        yield folder


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Not one of pytest's: it closes those to the server's account again."""
    folder = Path(tempfile.mkdtemp(prefix="pbr test "))
    yield folder
    shutil.rmtree(folder)


def as_ordinary_user(work: Callable[[], None]) -> bool:
    """Whether the work went well. Root does it as user nobody, in a child process; who is no root just does it."""
    if os.geteuid():
        work()
        return True
    codecs.lookup("ascii")  # a Python below /root could not load it any more
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            work()
            status = 0
        except BaseException:  # noqa: BLE001 - this process ends here, whatever happened
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def environ(shared_place: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing but where to write."""
    unset = {*ROLES, "SECRET_KEY", "PBR_DEMO"}
    return {
        **{name: value for name, value in os.environ.items() if name not in unset},
        "PBR_VAR_DIR": str(shared_place),
    }
