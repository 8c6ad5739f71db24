"""A host without containers: its units run what the containers run, with the same secrets, and hold no more."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from pbr_ledger.provision.errors import ProvisionError
from pbr_ledger.provision.processes import ARGUMENTS, PYTHON, named, python_of
from tests.operations.test_deployment import COMPOSE, SERVICES

DEPLOY = Path(settings.BASE_DIR) / "deploy"
UNITS = {path.name: path.read_text(encoding="utf-8") for path in (DEPLOY / "systemd").glob("pbr-ledger*")}
PROCESS = UNITS["pbr-ledger@.service"]
AUTHORITY = "internal_authority"
"""What only containers need: here everything is on one machine, and nothing leaves it in clear or otherwise."""
EXAMPLE = (DEPLOY / "systemd" / "settings.env.example").read_text(encoding="utf-8")


def given(unit: str, name: str) -> list[str]:
    """The values of this setting, in their order."""
    return re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)


def environment(unit: str) -> dict[str, str]:
    """What the unit itself sets."""
    return dict(each.split("=", 1) for line in given(unit, "Environment") for each in line.split())


def credentials(unit: str) -> dict[str, str]:
    """The secrets that the unit is handed, and their files."""
    return dict(each.split(":", 1) for each in given(unit, "LoadCredential"))


def test_target_wants_every_process_and_a_second_web_server() -> None:
    wanted = [name for line in given(UNITS["pbr-ledger.target"], "Wants") for name in line.split()]
    assert sorted(wanted) == sorted(f"pbr-ledger@{name}.service" for name in (*ARGUMENTS, "web-2"))
    assert given(PROCESS, "ExecStart") == ["/opt/pbr-ledger/current/.venv/bin/python -m pbr_ledger.provision only %i"]


def test_page_renews_every_process_of_every_kind_at_an_upgrade_and_a_rotation() -> None:
    page = (DEPLOY.parent / "docs" / "without-containers.md").read_text(encoding="utf-8")
    renewed = {kind: page.count(f"'pbr-ledger@{kind}*'") for kind in ARGUMENTS}
    assert renewed == dict.fromkeys(ARGUMENTS, 2) | {"web": 0}
    assert page.count("for web in web web-2 ") == 2


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_process_of_a_name_is_that_of_the_containers(kind: str) -> None:
    first, *rest = SERVICES[kind]["command"][1:]
    process = named(kind, bind="127.0.0.1:8000")
    assert process.command[0] == PYTHON
    assert [process.command[1].rpartition("/")[2], *process.command[2:]] == [
        first,
        *(each.replace("@%h", "-1@%h") for each in rest),
    ]
    assert process.environ == ({"WEB_BIND": "127.0.0.1:8000"} if kind == "web" else {})


def test_second_of_a_kind_has_a_name_and_a_port_of_its_own() -> None:
    assert "documents-2@%h" in named("documents-2", bind="127.0.0.1:8000").command
    assert named("web-3", bind="[::1]:8000").environ == {"WEB_BIND": "[::1]:8002"}


def test_process_keeps_to_its_release_when_the_link_leads_to_the_next(tmp_path: Path) -> None:
    """An environment as `venv` makes it, reached through a link to its release."""
    programs = tmp_path / "0.1.0" / ".venv" / "bin"
    programs.mkdir(parents=True)
    base = Path(sys.base_prefix) / "bin"
    (programs.parent / "pyvenv.cfg").write_text(f"home = {base}\n", encoding="utf-8")
    (programs / "python").symlink_to(base / f"python3.{sys.version_info.minor}")
    (tmp_path / "current").symlink_to("0.1.0")
    program = "import sys; from pbr_ledger.provision.processes import PYTHON; print(sys.executable, PYTHON)"
    started = tmp_path / "current" / ".venv" / "bin" / "python"
    said = subprocess.run(
        [started, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == [str(started), str(programs / "python")]


def test_process_outside_an_environment_runs_in_the_python_that_it_has(tmp_path: Path) -> None:
    assert python_of(tmp_path, Path("/usr/bin/python3")) == "/usr/bin/python3"


@pytest.mark.parametrize("name", ["", "webs", "web-0", "web-", "web-1 -2", "proxy", "../web", "web-100"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ProvisionError, match=r"There is no process .*: there are web, documents, mail"):
        named(name, bind="127.0.0.1:8000")


@pytest.mark.parametrize("bind", ["unix:/run/ledger.sock", "127.0.0.1", "127.0.0.1:http"])
def test_web_server_listens_at_an_address_and_a_port_alone(bind: str) -> None:
    with pytest.raises(ProvisionError, match=f"WEB_BIND is “{bind}”; write an address and a port"):
        named("web", bind=bind)
    assert named("mail", bind=bind).environ == {}


@pytest.mark.parametrize("name", ["pbr-ledger@.service", "pbr-ledger-backup.service"])
def test_every_secret_is_a_file_that_the_unit_is_handed(name: str) -> None:
    unit = UNITS[name]
    files = {value for variable, value in environment(unit).items() if variable.endswith("_FILE")}
    assert files == {f"%d/{secret}" for secret in credentials(unit)}
    assert all(path == f"/etc/pbr-ledger/secrets/{secret}" for secret, path in credentials(unit).items())


def test_processes_hold_the_secrets_of_the_containers_and_never_the_owners() -> None:
    assert [*credentials(PROCESS), AUTHORITY] == COMPOSE["x-secrets"]
    assert set(environment(PROCESS)) <= {*COMPOSE["x-settings"], "PBR_VAR_DIR"}
    assert [*credentials(UNITS["pbr-ledger-backup.service"]), AUTHORITY] == SERVICES["backup"]["secrets"]
    holders = {name for name, unit in UNITS.items() if "owner_password" in unit}
    assert holders == {"pbr-ledger-roles.service"}


def test_commands_with_the_owners_password_run_in_a_group_of_their_own() -> None:
    script = (DEPLOY / "pbr-ledger").read_text(encoding="utf-8")
    (branch,) = re.findall(r"^    migrate \| restore \| retain\)\n(.*?);;", script, re.MULTILINE | re.DOTALL)
    assert branch.split("\n")[1].strip() == "group=pbr-ledger-owner"
    assert script.count("owner_password") == branch.count("owner_password") == 1
    assert "setpriv --reuid=pbr-ledger --regid=$group --init-groups" in script
    groups = {group for unit in UNITS.values() for group in given(unit, "Group") + given(unit, "SupplementaryGroups")}
    assert groups == set()  # no unit is in it


def test_processes_may_write_their_own_folders_and_hold_no_privilege() -> None:
    for unit in (PROCESS, UNITS["pbr-ledger-backup.service"]):
        assert given(unit, "User") == ["pbr-ledger"]
        assert (given(unit, "CapabilityBoundingSet"), given(unit, "NoNewPrivileges")) == ([""], ["yes"])
        assert given(unit, "ProtectSystem") == ["strict"]
    assert given(PROCESS, "ReadWritePaths") == []
    assert given(UNITS["pbr-ledger-backup.service"], "ReadWritePaths") == ["/var/backups/pbr-ledger"]


def test_settings_of_the_example_are_in_the_settings_page_and_hold_no_secret() -> None:
    page = (DEPLOY.parent / "docs" / "settings.md").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert [name for name in variables if f"`{name}`" not in page] == []
    assert [name for name in variables if "PASSWORD" in name or "SECRET" in name] == []
    assert not re.search(r"://[^/@]*:[^/@]*@", EXAMPLE)
    handed_on = {name for name, value in COMPOSE["x-settings"].items() if value == f"${{{name}:-}}"}
    assert set(COMPOSE["x-settings"]) - {*environment(PROCESS), *variables} - handed_on == {
        "METRICS_ALLOWED",  # this machine alone, which is the default
        "TLS_AUTHORITY",
    }


def test_roles_are_made_by_the_same_file_in_both_ways() -> None:
    (included,) = re.findall(r"^\\ir (\S+)$", (DEPLOY / "roles.sql").read_text(encoding="utf-8"), re.MULTILINE)
    assert (DEPLOY / included).resolve() == DEPLOY.parent / "pbr_ledger" / "provision" / "roles.sql"
    mounted = [volume.split(":")[:2] for volume in SERVICES["roles"]["volumes"]]
    assert [inside.removeprefix("/srv/") for _, inside in mounted] == [here.removeprefix("./") for here, _ in mounted]
    for start in (UNITS["pbr-ledger-roles.service"], SERVICES["roles"]["entrypoint"][-1]):
        assert re.search(r"--file[= ]\S*/deploy/roles\.sql", start)
    assert [*credentials(UNITS["pbr-ledger-roles.service"]), AUTHORITY] == SERVICES["roles"]["secrets"][1:]


def test_passwords_are_sent_only_after_the_servers_log_was_told_to_hold_none() -> None:
    """First what keeps out of the log, then the first one."""
    lines = (DEPLOY / "roles.sql").read_text(encoding="utf-8").splitlines()
    told = [number for number, line in enumerate(lines) if line.startswith("SET log_")]
    sent = [number for number, line in enumerate(lines) if ":'" in line and not line.startswith(("\\", "--"))]
    assert [lines[number].split()[1] for number in told] == [
        "log_statement",
        "log_min_error_statement",
        "log_min_duration_statement",
        "log_min_duration_sample",
        "log_transaction_sample_rate",
    ]
    assert len(sent) == 5
    assert max(told) < min(sent)


def test_nginx_passes_over_no_web_server_and_speaks_the_same_tls_under_every_name() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    servers = re.findall(r"^    server (127\S+ .*);$", nginx, re.MULTILINE)
    assert servers == ["127.0.0.1:8000 max_fails=0", "127.0.0.1:8001 max_fails=0"]
    listening = [block for block in nginx.split("\nserver {")[1:] if "listen 443" in block]
    assert ["ssl_protocols TLSv1.2 TLSv1.3;" in block for block in listening] == [True, True]


def test_both_proxies_keep_figures_and_health_inside_and_make_up_the_same_headers() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for path in ("= /metrics", "^~ /metrics/", "^~ /health/"):
        assert f"location {path} {{ return 404; }}" in nginx
    for header, value in (("X-Forwarded-For", "$remote_addr"), ("X-Forwarded-Proto", "https"), ("X-Real-IP", '""')):
        assert f"proxy_set_header {header} {value};" in nginx
    assert "max_size 12MB" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert "client_max_body_size 12m;" in nginx
