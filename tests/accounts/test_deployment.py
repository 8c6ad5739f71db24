"""Settings of a deployment: nothing for Django's own deployment check to say, and nothing of the demonstration."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH-_",
    "ALLOWED_HOSTS": "ledger.example",
    "COUNCIL_NAME": "Plymouth City Council",
    "PUBLIC_ADDRESS": "https://ledger.example",
    "EMAIL_HOST": "mail.example",
    "OIDC_ISSUER": "https://directory.example",
    "OIDC_CLIENT_ID": "ledger",
    "OIDC_CLIENT_SECRET": "secret",
}
OURS = {
    *PRODUCTION,
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "PBR_HTTPS",
    "PBR_DEMO",
    "APP_CODE_TOLERANCE",
    "OIDC_NAME",
    "OIDC_SECOND_FACTOR",
    "HSTS_SECONDS",
    "TRUSTED_PROXIES",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` as on a machine where these variables alone are set."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, env=kept | environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


def setting_of(names: list[str], **environment: str) -> dict[str, object]:
    """The settings of these names under this environment."""
    found = f"{{name: getattr(settings, name) for name in {names}}}"
    script = f"from django.conf import settings; import json; print(json.dumps({found}))"
    ended = manage("shell", "--no-imports", "-c", script, **environment)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_deployment_check_finds_nothing():
    ended = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert ended.stdout + ended.stderr == "System check identified no issues (0 silenced).\n"
    assert ended.returncode == 0


COOKIES = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"]


@pytest.mark.slow
def test_outside_the_demonstration_everything_goes_over_https_and_codes_run_out():
    names = [*COOKIES, "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEMO", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
    names.append("MFA_TOTP_TOLERANCE")
    assert setting_of(names, **PRODUCTION) == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "DEMO": False,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "MFA_TOTP_TOLERANCE": 0,
    }


@pytest.mark.slow
def test_demonstration_works_over_plain_http_on_its_own_machine():
    demo = {"SECRET_KEY": PRODUCTION["SECRET_KEY"], "PBR_DEMO": "1"}
    names = ["SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "EMAIL_BACKEND", "MFA_TOTP_TOLERANCE"]
    assert setting_of(names, **demo) == {
        "SESSION_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
        "MFA_TOTP_TOLERANCE": 1,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_ISSUER is set, and OIDC_CLIENT_SECRET not."),
        ({"HSTS_SECONDS": "a year"}, "HSTS_SECONDS is “a year”; write a whole number, 0 or more."),
        ({"APP_CODE_TOLERANCE": "2"}, "APP_CODE_TOLERANCE is 0 or 1"),
        ({"PBR_HTTPS": "maybe"}, "PBR_HTTPS is “maybe”; write true or false."),
        ({"PBR_DEMO": "1"}, "PBR_DEMO is for one machine"),
    ],
)
def test_what_cannot_be_read_stops_the_start_with_a_sentence(changes: dict[str, str], said: str):
    ended = manage("check", **{**PRODUCTION, **changes})
    assert ended.returncode != 0
    assert said in ended.stderr


def test_nothing_but_settings_turns_the_demonstration_on():
    base = Path(settings.BASE_DIR)
    readers = [
        path.relative_to(base).as_posix()
        for room in ("pbr_ledger", "cohort", "savings", "invoicing")
        for path in (base / room).rglob("*.py")
        if "settings.DEMO" in path.read_text(encoding="utf-8")
    ]
    assert readers == ["pbr_ledger/accounts/demonstration.py"]
