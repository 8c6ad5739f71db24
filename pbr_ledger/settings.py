"""Settings, read from the environment by typed readers that fail kindly.

Every variable is listed in docs/settings.md. Nothing here opens a connection or starts a process.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PBR_VAR_DIR", BASE_DIR / "var"))


def _text(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise ImproperlyConfigured(f"{name} is “{value}”; write true or false.")


def _list(name: str, default: str) -> list[str]:
    return [item.strip() for item in _text(name, default).split(",") if item.strip()]


def _database(name: str, default_role: str) -> dict[str, Any]:
    """Django's connection settings from `postgresql://user:password@host:port/name`.

    Without the variable: the embedded server's socket, which the supervising command starts (docs/settings.md).
    """
    default = f"postgresql://{default_role}@/pbr_ledger?host={VAR_DIR / 'postgres'}"
    parts = urlsplit(os.environ.get(name) or default)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} has to start with postgresql://")
    host = parse_qs(parts.query).get("host", [""])[0] or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "pbr_ledger",
        "USER": unquote(parts.username or default_role),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


DEBUG = False
DEMO = _flag("PBR_DEMO", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY", "")
COUNCIL_NAME = _text("COUNCIL_NAME", "Plymouth City Council" if DEMO else "")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "pbr_ledger.accounts",
    "pbr_ledger.audit",
    "pbr_ledger.jobs",
    "cohort",
    "savings",
    "invoicing",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pbr_ledger.pages.answer_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
FORM_RENDERER = "pbr_ledger.forms.GovukRenderer"
ROOT_URLCONF = "pbr_ledger.urls"
WSGI_APPLICATION = "pbr_ledger.wsgi.application"
ASGI_APPLICATION = "pbr_ledger.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pbr_ledger.pages.masthead",
            ],
        },
    },
]

DATABASES = {
    "default": _database("DATABASE_URL", "pbr_application") | {"TEST": {"MIRROR": "owner"}},
    "owner": _database("DATABASE_OWNER_URL", "pbr_owner") | {"TEST": {"DEPENDENCIES": []}},
    "agent": _database("DATABASE_AGENT_URL", "pbr_agent") | {"TEST": {"MIRROR": "owner"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "contracts"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where `manage.py collectstatic` has put the files together, named by their content. Else they are served as they are.
STATIC_COLLECTED = _flag("PBR_STATIC_COLLECTED", default=False)
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_COLLECTED else None
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

BROKER_URL = os.environ.get("BROKER_URL", "")
