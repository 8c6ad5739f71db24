"""Set-up says what is missing and how to get it, and installs nothing but what the locks say."""

import re
from pathlib import Path

import pytest

from pbr_ledger.provision import machine
from pbr_ledger.provision.machine import PROJECT, library, main, missing_packages, module, program
from tests.provision.conftest import as_ordinary_user


def test_what_the_tests_need_is_here() -> None:
    assert [need.package for need in missing_packages(for_tests=True)] == []


def test_things_are_found_by_trying_them() -> None:
    assert library("libc.so.6")()
    assert not library("libnonesuch.so.6")()
    assert program("nonesuch", "sh")()
    assert not program("nonesuch")()
    assert module("venv")()
    assert not module("venv", "nonesuch")()


def test_without_rights_the_administrators_line_is_printed(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """PATH holds apt-get and nothing that the tests need, so redis-server, poppler and a browser are missing.

    The environments are missing too where this Python stands in root's private home.
    """
    place.chmod(0o755)
    (place / "apt-get").symlink_to("/bin/false")
    monkeypatch.setenv("PATH", str(place))

    def set_up() -> None:
        assert main(["test"]) == 1

    assert as_ordinary_user(set_up)
    assert re.search(
        r"^    sudo apt-get update && sudo apt-get install -y --no-install-recommends "
        r"(python3\.\d+-venv )?redis-server poppler-utils libreoffice-calc chromium(-browser)?$",
        capfd.readouterr().err,
        re.MULTILINE,
    )


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_is_pinned_by_hash_and_names_no_address(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=[A-Za-z])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) > 20
    assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_development_has_the_same_versions_as_production() -> None:
    runtime, development = (
        dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", (PROJECT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert {name: development.get(name) for name in runtime} == runtime


def test_linked_environment_is_never_emptied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken one is refused by name, and what it leads to stays as it is."""
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    linked = place / ".venv"
    linked.symlink_to(elsewhere)
    monkeypatch.setattr(machine, "VENV", linked)
    with pytest.raises(machine.NotReady, match=r"is a link to .*elsewhere, which does not work here"):
        machine.make_environment()
    assert [each.name for each in elsewhere.iterdir()] == ["kept"]
