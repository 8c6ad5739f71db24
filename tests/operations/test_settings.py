"""Settings from the environment and from files, and the sentences that say what is wrong with one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


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


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
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
