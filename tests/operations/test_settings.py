"""Settings from the environment and from files, and the sentences that say what is wrong with one."""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import LazySettings, settings

from pbr_ledger.jobs.checks import nothing_goes_in_clear
from pbr_ledger.observability.secrets import secret_figures
from tests.operations.tls import made_certificates

DAY = 24 * 60 * 60


def told(expression: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """What the settings say in a process with that environment."""
    program = f"from pbr_ledger import settings as s; print(({expression}))"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, env=kept | environ, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """A file as a container's secret: with a newline at its end."""
    file = tmp_path / "secret"
    file.write_text("s3cr/t p@ss\n")
    return str(file)


def test_secret_is_read_from_the_file_that_is_named(secret: str) -> None:
    assert told("s.SECRET_KEY", SECRET_KEY_FILE=secret).stdout == "s3cr/t p@ss\n"


def test_passwords_of_database_and_broker_may_stand_in_files(secret: str) -> None:
    given = {
        "DATABASE_URL": "postgresql://pbr_application@postgres/pbr_ledger",
        "DATABASE_PASSWORD_FILE": secret,
        "DATABASE_OWNER_URL": "postgresql://pbr_owner:other@postgres/pbr_ledger",
        "BROKER_URL": "redis://redis:6379/0",
        "BROKER_PASSWORD_FILE": secret,
    }
    told_of = told("s.DATABASES['default']['PASSWORD'], s.DATABASES['owner']['PASSWORD'], s.BROKER_URL", **given)
    assert told_of.stdout == "('s3cr/t p@ss', 'other', 'redis://:s3cr%2Ft%20p%40ss@redis:6379/0')\n"


@pytest.fixture
def authority(tmp_path: Path) -> str:
    """A file, for an authority's certificate."""
    file = tmp_path / "authority.pem"
    file.write_text("a certificate")
    return str(file)


def test_servers_across_a_network_are_held_to_the_authority_and_sockets_are_not(authority: str) -> None:
    given = {
        "TLS_AUTHORITY": authority,
        "DATABASE_URL": "postgresql://pbr_application@postgres/pbr_ledger",
        "DATABASE_OWNER_URL": "postgresql://pbr_owner@/pbr_ledger?host=/run/postgresql",
        "DATABASE_AGENT_URL": "postgresql://pbr_agent@managed/pbr_ledger?sslmode=verify-full&sslrootcert=system",
        "BROKER_URL": "rediss://redis:6379/0",
    }
    wanted = "[s.DATABASES[name]['OPTIONS'] for name in ('default', 'owner', 'agent')]"
    patience = {"connect_timeout": 5}
    assert ast.literal_eval(told(wanted, **given).stdout) == [
        patience | {"sslmode": "verify-full", "sslrootcert": authority},
        patience,
        patience | {"sslmode": "verify-full", "sslrootcert": "system"},
    ]


def test_deployment_check_names_what_leaves_the_machine_in_clear(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert nothing_goes_in_clear(None) == []
    far = {"HOST": "db.example", "USER": "pbr_application", "OPTIONS": {}}
    monkeypatch.setitem(settings.DATABASES, "default", far)
    settings.DATABASE_BACKUP = {"HOST": "db.example", "USER": "pbr_backup", "OPTIONS": {"sslmode": "verify-full"}}
    settings.BROKER_URL = "redis://redis.example:6379/0"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "mail.example", False
    settings.CLAMD_HOST = "10.0.0.7"
    assert [found.msg for found in nothing_goes_in_clear(None)] == [
        "pbr_application reaches PostgreSQL without looking at its certificate.",
        "BROKER_URL reaches Redis in clear.",
        "EMAIL_TLS is false: mail goes to EMAIL_HOST in clear.",
        "CLAMD_HOST gets files in clear, because clamd knows no TLS: use CLAMD_SOCKET.",
    ]
    settings.BROKER_URL, settings.CLAMD_HOST, settings.EMAIL_HOST = "redis://127.0.0.1:6379/0", "localhost", ""
    assert len(nothing_goes_in_clear(None)) == 1


def test_figures_say_how_long_certificates_and_secrets_last(
    settings: LazySettings, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_certificates(tmp_path / "certificates")
    settings.WEB_CERTIFICATE = str(made / "web_certificate.pem")
    settings.TLS_AUTHORITY = str(made / "internal_authority.pem")
    (tmp_path / "empty").write_text("")
    os.utime(secret, (0, time.time() - 401 * DAY))
    settings.SECRET_FILES = {"EMAIL_PASSWORD": Path(secret), "OIDC_CLIENT_SECRET": tmp_path / "empty"}
    found = {(each.name, *each.labels.values()): round(each.value / DAY) for each in secret_figures()}
    assert found == {
        ("ledger_certificate_seconds_left", "web"): 825,
        ("ledger_certificate_seconds_left", "authority"): 3650,
        ("ledger_secret_seconds_left", "EMAIL_PASSWORD"): -1,
    }
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))  # copies of systemd's, as old as the process
    assert [each.name for each in secret_figures()] == ["ledger_certificate_seconds_left"] * 2


def test_certificate_that_cannot_be_read_has_nothing_left_and_a_secret_that_is_gone_says_nothing(
    settings: LazySettings, secret: str, tmp_path: Path
) -> None:
    settings.WEB_CERTIFICATE, settings.TLS_AUTHORITY = str(tmp_path / "gone"), secret
    settings.SECRET_FILES = {"BROKER_PASSWORD": tmp_path / "gone", "EMAIL_PASSWORD": Path(secret)}
    found = {(each.name, *each.labels.values()): round(each.value / DAY) for each in secret_figures()}
    assert found == {
        ("ledger_certificate_seconds_left", "web"): 0,
        ("ledger_certificate_seconds_left", "authority"): 0,
        ("ledger_secret_seconds_left", "EMAIL_PASSWORD"): 400,
    }


def test_only_keys_and_passwords_grow_old(secret: str) -> None:
    given = {"COUNCIL_NAME_FILE": secret, "SECRET_KEY_FALLBACKS_FILE": secret, "EMAIL_PASSWORD_FILE": secret}
    assert told("s.COUNCIL_NAME, sorted(s.SECRET_FILES)", **given).stdout == "('s3cr/t p@ss', ['EMAIL_PASSWORD'])\n"


UNASKED = (
    "The server db is reached with sslmode={}, by which no authority is asked for its name: write sslmode=verify-full."
)


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"TLS_AUTHORITY": "/nonesuch"}, "TLS_AUTHORITY names /nonesuch, which is no file."),
        ({"WEB_CERTIFICATE": f"/{'x' * 256}"}, f"WEB_CERTIFICATE names /{'x' * 256}, which cannot be read."),
        (
            {"TLS_AUTHORITY": __file__, "BROKER_URL": "redis://redis:6379/0"},
            "TLS_AUTHORITY is set, and BROKER_URL speaks in clear: write rediss://.",
        ),
        (
            {"DATABASE_URL": "postgresql://x@y/z?sslmod=require"},
            "DATABASE_URL says sslmod; known are host, sslmode and sslrootcert.",
        ),
        (
            {"DATABASE_URL": "postgresql://x@db/z?sslrootcert=/x.pem"},
            UNASKED.format("prefer"),
        ),
        (
            {"DATABASE_URL": "postgresql://x@db/z?sslmode=require", "TLS_AUTHORITY": __file__},
            UNASKED.format("require"),
        ),
        ({"SECRET_KEY_FILE": "/nonesuch"}, "SECRET_KEY_FILE names /nonesuch, which cannot be read."),
        ({"SECRET_KEY_FILE": "/nonesuch", "SECRET_KEY": "x"}, "SECRET_KEY and SECRET_KEY_FILE are both set; set one."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is “xml”; write text or json."),
        ({"METRICS_ALLOWED": "10.0.0.1/8"}, "METRICS_ALLOWED: 10.0.0.1/8 has host bits set."),
        ({"PBR_HTTPS": "perhaps"}, "PBR_HTTPS is “perhaps”; write true or false."),
    ],
)
def test_what_cannot_be_read_stops_the_start_with_a_sentence(environ: dict[str, str], complaint: str) -> None:
    refused = told("1", **environ)
    assert refused.returncode == 1
    assert refused.stderr.strip().splitlines()[-1].endswith(f"ImproperlyConfigured: {complaint}")


def test_behind_tls_plain_http_is_sent_on_but_for_what_is_asked_from_inside() -> None:
    wanted = "s.SECURE_SSL_REDIRECT, s.SECURE_REDIRECT_EXEMPT, s.SECURE_PROXY_SSL_HEADER"
    behind = told(wanted, PBR_HTTPS="true", TRUSTED_PROXIES="1")
    assert behind.stdout == "(True, ['^health/', '^metrics$'], ('HTTP_X_FORWARDED_PROTO', 'https'))\n"
    assert told(wanted, PBR_HTTPS="false").stdout == "(False, ['^health/', '^metrics$'], None)\n"
