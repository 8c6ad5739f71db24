"""Gets a machine ready from nothing: system packages, `.venv`, the locked Python packages.

    python3 -m pbr_ledger.provision.machine run|demo|test

Run by the system's Python, so the standard library is all there is. What is missing is found by trying it (can the
library be loaded, is the program in PATH), not by asking the package manager. It is installed where we are root or
sudo asks for no password; otherwise the one line that an administrator has to run is printed, and we stop.
To need one more package, add one line to NEEDS.
"""

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
VENV = PROJECT / ".venv"
OLDEST_PYTHON = (3, 11)
LOCKS = {"run": "requirements.lock", "demo": "requirements.lock", "test": "requirements-dev.lock"}
"""What each purpose needs: to run the ledger, to show it, to test it."""
# Installing the second leaves nothing of the first to install.
CONTAINED = {"requirements-dev.lock": ["requirements.lock"]}
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class NotReady(Exception):
    """The machine lacks something that we may not or cannot install. `str()` says what to do."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something of the system, how to see that it is there, and the package that brings it."""

    package: str
    why: str
    is_there: Callable[[], bool]
    for_tests_only: bool = False


def library(name: str) -> Callable[[], bool]:
    """Whether the shared library can be loaded."""

    def is_there() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_there


def program(*names: str) -> Callable[[], bool]:
    """Whether one of these programs is in PATH."""
    return lambda: any(map(shutil.which, names))


def module(*names: str) -> Callable[[], bool]:
    """Whether this Python has all these modules."""
    return lambda: all(map(find_spec, names))


def font() -> bool:
    """Whether there is any font at all."""
    return any(next(folder.rglob("*.[to]t[fc]"), None) for folder in FONT_FOLDERS if folder.is_dir())


def _ubuntu() -> bool:
    try:
        return "ubuntu" in Path("/etc/os-release").read_text(encoding="utf-8").lower()
    except OSError:
        return False


NEEDS = [
    Need(f"python3.{sys.version_info.minor}-venv", "Python environments", module("venv", "ensurepip")),
    Need("libpango-1.0-0", "the text of PDF documents", library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", "the text of PDF documents", library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", "the fonts inside PDF documents", library("libharfbuzz-subset.so.0")),
    Need("libfontconfig1", "finding fonts", library("libfontconfig.so.1")),
    Need("fonts-dejavu-core", "a font for signs that the report's own font lacks", font),
    Need("redis-server", "the tests of the message broker", program("redis-server"), for_tests_only=True),
    Need("poppler-utils", "the tests that read PDF documents", program("pdftotext"), for_tests_only=True),
    Need("libreoffice-calc", "the tests that recalculate workbooks", program("localc"), for_tests_only=True),
    Need(
        "chromium-browser" if _ubuntu() else "chromium",
        "the tests of the pages",
        program(*BROWSERS),
        for_tests_only=True,
    ),
]


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 if the machine is ready for the purpose now."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print(f"Say what to get ready for: {', '.join(LOCKS)}.", file=sys.stderr)
        return 2
    purpose = arguments[0]
    try:
        check_python()
        install_system_packages(for_tests=purpose == "test")
        make_environment()
        install_python_packages(LOCKS[purpose])
    except NotReady as reason:
        print(reason, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"{error.filename} may not be written. Run this as its owner, or in a clone of your own.", file=sys.stderr
        )
        return 1
    return 0


def check_python() -> None:
    """Refuses a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        raise NotReady(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Set PYTHON=python3.11.")


def missing_packages(*, for_tests: bool) -> list[Need]:
    """What the machine lacks for the demonstration, or for the tests too."""
    return [need for need in NEEDS if (for_tests or not need.for_tests_only) and not need.is_there()]


def install_system_packages(*, for_tests: bool) -> None:
    """Installs what is missing. Raises `NotReady` with the administrator's line if we may not."""
    missing = missing_packages(for_tests=for_tests)
    if not missing:
        return
    packages = [need.package for need in missing]
    reasons = "\n".join(f"    {need.package}: {need.why}" for need in missing)
    print(f"This machine lacks:\n{reasons}")
    if shutil.which("apt-get") is None:
        raise NotReady("There is no apt-get here. Install what these Debian packages bring, then run this again.")
    prefix = _administrator_prefix()
    if prefix is None:
        raise NotReady(
            "An administrator has to run this line; then run the same command again:\n\n"
            f"    sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}\n"
        )
    _apt_get(prefix, "update", "--quiet")
    _apt_get(prefix, "install", "--yes", "--quiet", "--no-install-recommends", *packages)
    if still := [need.package for need in missing_packages(for_tests=for_tests)]:
        raise NotReady(f"Installed, but still not usable: {', '.join(still)}.")


def _administrator_prefix() -> list[str] | None:
    """What to put before a command to run it as root; None if we may not."""
    if os.geteuid() == 0:
        return ["env"]
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n", "env"]
    return None


def _apt_get(prefix: Sequence[str], *arguments: str) -> None:
    waiting = ("-o", "DPkg::Lock::Timeout=300")
    command = [*prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", *waiting, *arguments]
    print(f"Running: apt-get {' '.join(arguments)}", flush=True)
    if subprocess.run(command, check=False).returncode:
        raise NotReady(f"apt-get {arguments[0]} failed; see above.")


def make_environment() -> None:
    """Makes `.venv`, unless it is there and works where it stands. A link to another place's is used, never emptied."""
    if _environment_works():
        return
    if VENV.is_symlink():
        raise NotReady(
            f"{VENV} is a link to {VENV.resolve()}, which does not work here. Mend that, or remove the link."
        )
    print(f"Making {VENV.name} with Python {sys.version.split()[0]}", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
        raise NotReady(f"{VENV} could not be made; see above.")


def _environment_works() -> bool:
    """Whether its Python starts, is new enough and knows this place: a moved or copied one does not."""
    test = "import sys, pip; print(sys.prefix); sys.exit(sys.version_info < (3, 11))"
    try:
        tried = subprocess.run([_python(), "-c", test], capture_output=True, text=True, check=False)
    except OSError:
        return False
    belongs_here = Path(tried.stdout.strip()) == VENV and _scripts_belong_here()
    return tried.returncode == 0 and (belongs_here or VENV.is_symlink())


def _scripts_belong_here() -> bool:
    pip = VENV / "bin" / "pip"
    return pip.exists() and str(VENV) in pip.read_text(encoding="utf-8", errors="replace")[:1000]


def install_python_packages(lock: str) -> None:
    """Installs exactly what the lock file says, each file checked by its hash. Quick if that was done before."""
    stamp = VENV / "installed.json"
    digests = _digests(lock)
    done = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    if done.get(lock) == digests[lock]:
        return
    print(f"Installing {lock}", flush=True)
    options = ["--require-hashes", "--no-deps", "--quiet", "--disable-pip-version-check", "--no-input"]
    command = [_python(), "-m", "pip", "install", *options, "-r", str(PROJECT / lock)]
    if subprocess.run(command, check=False).returncode:
        raise NotReady(f"The packages of {lock} could not be installed; see above.")
    stamp.write_text(json.dumps(digests), encoding="utf-8")


def _digests(lock: str) -> dict[str, str]:
    locks = [lock, *CONTAINED.get(lock, [])]
    return {name: hashlib.sha256((PROJECT / name).read_bytes()).hexdigest() for name in locks}


def _python() -> str:
    return str(VENV / "bin" / "python")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
