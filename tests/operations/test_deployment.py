"""The containers: what Compose's own schema says of them, and that they are what the rest of the ledger believes."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from pbr_ledger.jobs.registry import QUEUES
from pbr_ledger.observability.figures import OF_THIS_PROCESS, exposition
from pbr_ledger.provision.machine import NEEDS
from pbr_ledger.provision.processes import ARGUMENTS

HERE = Path(settings.BASE_DIR)
SCHEMA = Path(__file__).parent / "compose_spec"
COMPOSE = yaml.safe_load((HERE / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
ONCE = {"roles", "migrate"}
ASKED = {"backup", "restore"}
"""Run when somebody asks, and not with the others."""


def problems(file: str) -> list[str]:
    """What Compose's schema does not allow in the file."""
    schema = json.loads((SCHEMA / "compose-spec.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    content = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in validator.iter_errors(content)]


def test_schema_is_the_one_recorded() -> None:
    recorded = re.findall(r"`([0-9a-f]{64})`", (SCHEMA / "VERSION.md").read_text(encoding="utf-8"))
    assert recorded == [hashlib.sha256((SCHEMA / "compose-spec.json").read_bytes()).hexdigest()]


@pytest.mark.parametrize("file", ["docker-compose.yml", "docker-compose.dev.yml"])
def test_compose_files_are_valid(file: str) -> None:
    assert problems(file) == []


def test_schema_would_notice_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = COMPOSE | {"services": SERVICES | {"web": SERVICES["web"] | {"restrat": "always"}}}
    (tmp_path / "docker-compose.yml").write_text(yaml.safe_dump(wrong))
    monkeypatch.setattr("tests.operations.test_deployment.HERE", tmp_path)
    assert [problem.partition(":")[0] for problem in problems("docker-compose.yml")] == ["services/web"]


def test_containers_run_the_same_commands_as_a_host_without_containers() -> None:
    commands = {name: ("python", *arguments) for name, arguments in ARGUMENTS.items()}
    assert {name: tuple(OURS[name]["command"]) for name in ARGUMENTS} == commands
    assert set(OURS) == set(ARGUMENTS) | {"migrate"} | ASKED
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["backup"]} == ASKED


def test_every_queue_has_its_workers() -> None:
    served = [words[words.index("--queues") + 1].split(",") for words in ARGUMENTS.values() if "--queues" in words]
    assert sorted(queue for queues in served for queue in queues) == sorted(QUEUES)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_bounded_and_watched(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    restart = "on-failure" if name in ONCE else "no" if name in ASKED else "unless-stopped"
    assert service["restart"] == restart
    assert name in ONCE | ASKED or "test" in service["healthcheck"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert "no-new-privileges:true" in service["security_opt"]


# Evidence is the one thing that is no row: the web servers keep it, the nightly checks and backups read it.
EVIDENCE = {
    "web": ["evidence:/var/lib/evidence"],
    "documents": ["evidence:/var/lib/evidence:ro"],
    "backup": ["evidence:/var/lib/evidence:ro", "./backups:/var/lib/backups"],
    "restore": ["evidence:/var/lib/evidence", "./backups:/var/lib/backups"],
}


@pytest.mark.parametrize("name", sorted(OURS))
def test_ledgers_own_containers_may_write_nothing_and_hold_no_privilege(name: str) -> None:
    service = OURS[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service.get("volumes", []) == EVIDENCE.get(name, [])


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert {name for name, service in SERVICES.items() if "front" in service["networks"]} == {"proxy", "web"}
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_owners_password_is_only_where_tables_are_made() -> None:
    holders = {name for name, service in SERVICES.items() if "owner_password" in service.get("secrets", ())}
    assert holders == ONCE | {"restore"}
    assert SERVICES["backup"]["secrets"] == ["secret_key", "backup_password", "internal_authority"]
    assert {name for name, service in SERVICES.items() if "superuser_password" in service.get("secrets", ())} == {
        "postgres",
        "roles",
    }


def test_secrets_are_files_and_stand_in_no_environment() -> None:
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            secret = "SECRET" in variable.removesuffix("_KEY_FILE") and variable != "SECRETS_LAST_DAYS"
            assert not secret or variable.endswith("_FILE"), name
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), f"{name} has a password in {variable}"


def test_containers_speak_with_each_other_over_tls_alone() -> None:
    """Clients know the authority, servers have their own key, and nobody listens in clear."""
    for service in OURS.values():
        told = service["environment"]
        assert told["TLS_AUTHORITY"] == "/run/secrets/internal_authority"
        assert told.get("BROKER_URL", "rediss://redis:6379/0") == "rediss://redis:6379/0"
        addresses = [value for name, value in told.items() if name.startswith("DATABASE") and name.endswith("_URL")]
        assert [value for value in addresses if not value.endswith("@postgres:5432/pbr_ledger")] == []
    roles = SERVICES["roles"]["environment"]
    assert (roles["PGSSLMODE"], roles["PGSSLROOTCERT"]) == ("verify-full", "/run/secrets/internal_authority")
    holders = {
        secret: {name for name, service in SERVICES.items() if secret in service.get("secrets", ())}
        for secret in ("postgres_key", "redis_key", "web_key")
    }
    assert holders == {"postgres_key": {"postgres"}, "redis_key": {"redis"}, "web_key": {"web"}}
    assert "internal_authority_key" not in COMPOSE["secrets"]
    rules = [line.split()[0] for line in lines_of("pg_hba.conf") if not line.startswith("#")]
    assert rules == ["local", "local", "hostssl", "hostssl"]
    assert {"-c ssl=on \\", "-c hba_file=/deploy/pg_hba.conf"} <= set(lines_of("postgres.sh"))
    assert {"port 0", "tls-port 6379"} <= set(lines_of("redis.sh"))
    proxy = {"tls", "tls_server_name web", "tls_trust_pool file /run/secrets/internal_authority"}
    assert proxy <= set(lines_of("Caddyfile"))
    # Caddy names the web server to a web server that it reaches over TLS; then every form is from elsewhere.
    assert "header_up Host {host}" in lines_of("Caddyfile")


def lines_of(name: str) -> list[str]:
    lines = (HERE / "deploy" / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines]


def test_variables_of_the_containers_are_in_the_settings_page() -> None:
    page = (HERE / "docs" / "settings.md").read_text(encoding="utf-8")
    variables = {variable.removesuffix("_FILE") for service in OURS.values() for variable in service["environment"]}
    assert [variable for variable in sorted(variables) if f"`{variable}`" not in page] == []


NOT_FOR_CONTAINERS = {
    "CLAMD_SOCKET",  # theirs would be in another container
    "PBR_DEMO",
    "WEBHOOKS_LOOPBACK",
}


def test_every_setting_of_the_page_reaches_the_containers() -> None:
    """Those that the compose file does not set itself are handed on from .env, empty where that says nothing."""
    page = (HERE / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", page, re.MULTILINE)
    image = set(re.findall(r"\b([A-Z_]+)=", (HERE / "Dockerfile").read_text(encoding="utf-8")))
    given = {variable.removesuffix("_FILE") for service in OURS.values() for variable in service["environment"]}
    assert {name for row in rows for name in re.findall(r"[A-Z_]+", row)} - given - image == NOT_FOR_CONTAINERS
    handed_on = [name for name, value in COMPOSE["x-settings"].items() if value == f"${{{name}:-}}"]
    example = (HERE / "deploy" / "settings.env.example").read_text(encoding="utf-8")
    assert [name for name in handed_on if not re.search(rf"\b{name}\b", example)] == []


def test_settings_that_are_empty_have_their_defaults() -> None:
    """As Compose hands them on when .env does not name them."""
    empty = {name: "" for name, value in COMPOSE["x-settings"].items() if value == f"${{{name}:-}}"}
    names = ["MFA_TOTP_TOLERANCE", "SECRETS_LAST_DAYS", "OIDC_SECOND_FACTOR", "RETENTION_YEARS", "EMAIL_PORT"]
    names += ["EMAIL_USE_TLS", "CLAMD_PORT", "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS"]
    program = (
        "from pbr_ledger import gunicorn_settings as web, settings;"
        f"print(([getattr(settings, name) for name in {names}], web.workers, web.threads))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], env=empty, cwd=HERE, capture_output=True, text=True, check=True
    ).stdout
    assert said == f"{([0, 400, False, 6, 587, True, 3310, 365 * 24 * 60 * 60, []], 2, 4)}\n"


def test_images_are_pinned_to_a_release() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    dockerfile = (HERE / "Dockerfile").read_text(encoding="utf-8")
    images += re.findall(r"^ARG BASE=(\S+)$", dockerfile, re.MULTILINE)
    assert len(images) == 5
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?-", image)] == []


def test_image_has_what_documents_need_and_runs_as_nobody() -> None:
    dockerfile = (HERE / "Dockerfile").read_text(encoding="utf-8")
    needed = [need.package for need in NEEDS if not need.for_tests_only and "venv" not in need.package]
    assert [package for package in needed if not re.search(rf"\s{re.escape(package)}\s", dockerfile)] == []
    assert "USER 10001:10001" in dockerfile
    assert "HEALTHCHECK" in dockerfile
    assert "--require-hashes" in dockerfile


def test_image_takes_only_what_is_named() -> None:
    lines = (HERE / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    assert not {"!tests", "!.git", "!secrets", "!.env", "!var"} & set(lines)


@pytest.mark.django_db
def test_every_figure_that_an_alert_watches_exists() -> None:
    alerts = (HERE / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    rules = [rule for group in yaml.safe_load(alerts)["groups"] for rule in group["rules"]]
    watched = {name for rule in rules for name in re.findall(r"ledger_[a-z_]+", rule["expr"])}
    known = set(re.findall(r"ledger_[a-z_]+", exposition().decode()))
    known |= {f"{family.name}_total" for family in OF_THIS_PROCESS.collect()} | {"ledger_request_seconds_bucket"}
    # These need a check and a contract, which their own tests have.
    known |= {"ledger_findings", "ledger_findings_made_at", "ledger_maximum_used_ratio"}
    known |= {"ledger_certificate_seconds_left", "ledger_secret_seconds_left"}  # and these a file
    assert watched - known == set()
    page = (HERE / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in page] == []


def test_image_has_what_the_program_reads_beside_its_code() -> None:
    """But the demonstration's scenarios: a container shows none."""
    taken = tuple(
        line[1:] for line in (HERE / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    )
    rooms = [path for room in ("pbr_ledger", "cohort", "savings", "invoicing") for path in (HERE / room).rglob("*.py")]
    found = [re.findall(r'BASE_DIR((?: / "[\w.-]+")+)', path.read_text(encoding="utf-8")) for path in rooms]
    read = {"/".join(re.findall(r'"([^"]+)"', each)) for names in found for each in names}
    assert {"docs/contract.md", "static", "templates"} <= read
    outside = {name for name in read if not name.startswith(taken)} - {"var", "staticfiles"}
    assert {name for name in outside if not name.startswith("tests/scenarios/")} == set()
