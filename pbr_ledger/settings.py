"""Settings, read from the environment by typed readers that fail kindly.

Every variable is listed in docs/settings.md. Nothing here opens a connection or starts a process.
"""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from pbr_ledger.observability.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PBR_VAR_DIR", BASE_DIR / "var"))
SECRETS = frozenset(
    {
        "SECRET_KEY",
        *(f"DATABASE{role}_{what}" for role in ("", "_OWNER", "_AGENT", "_BACKUP") for what in ("URL", "PASSWORD")),
        "BROKER_URL",
        "BROKER_PASSWORD",
        "EMAIL_PASSWORD",
        "OIDC_CLIENT_SECRET",
    }
)
"""Variables that are changed once a year, addresses too, which may hold a password; earlier keys are old by nature."""
SECRET_FILES: dict[str, Path] = {}
"""Which secrets were read from files, and from which."""


def _given(name: str) -> str:
    """What the variable says, or the file that NAME_FILE names: a secret in a file is in no list of processes."""
    value, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and file:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; set one.")
    if not file:
        return value
    try:
        value = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read.") from error
    if name in SECRETS:
        SECRET_FILES[name] = Path(file)
    return value


def _text(name: str, default: str) -> str:
    return _given(name) or default


def _choice(name: str, *known: str) -> str:
    value = _text(name, known[0])
    if value not in known:
        raise ImproperlyConfigured(f"{name} is “{value}”; write {' or '.join(known)}.")
    return value


def _networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(each) for each in _list(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from error


def _file(name: str) -> str:
    """The path of a file that is there and can be read."""
    path = os.environ.get(name, "")
    try:
        if path and not Path(path).is_file():
            raise ImproperlyConfigured(f"{name} names {path}, which is no file.")
        if path:
            Path(path).open("rb").close()
    except OSError as error:
        raise ImproperlyConfigured(f"{name} names {path}, which cannot be read.") from error
    return path


def _broker_url(name: str) -> str:
    """The broker's address, with the password of BROKER_PASSWORD where that is given apart."""
    url, password = _given(name), _given("BROKER_PASSWORD")
    if url.startswith("redis:") and TLS_AUTHORITY:
        raise ImproperlyConfigured(f"TLS_AUTHORITY is set, and {name} speaks in clear: write rediss://.")
    if not (url and password):
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://:{quote(password, safe='')}@{rest.rpartition('@')[2]}"


def _flag(name: str, *, default: bool) -> bool:
    value = _given(name).strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise ImproperlyConfigured(f"{name} is “{value}”; write true or false.")


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is “{value}”; write a whole number, 0 or more.")
    return int(value)


def _list(name: str, default: str) -> list[str]:
    return [item.strip() for item in _text(name, default).split(",") if item.strip()]


def _database(name: str, default_role: str) -> dict[str, Any]:
    """Django's connection settings from `postgresql://user:password@host:port/name`.

    The password may be given apart: DATABASE_PASSWORD for DATABASE_URL. Without the variable: the embedded server's
    socket, which the supervising command starts (docs/settings.md).
    """
    default = f"postgresql://{default_role}@/pbr_ledger?host={VAR_DIR / 'postgres'}"
    parts = urlsplit(_text(name, default))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} has to start with postgresql://")
    said = {word: values[0] for word, values in parse_qs(parts.query).items()}
    if unknown := sorted(said.keys() - {"host", *TLS_WORDS}):
        raise ImproperlyConfigured(f"{name} says {' and '.join(unknown)}; known are host, sslmode and sslrootcert.")
    host = said.get("host") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "pbr_ledger",
        "USER": unquote(parts.username or default_role),
        "PASSWORD": _given(name.replace("_URL", "_PASSWORD")) or unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5} | _tls_to(host, said),
    }


def _tls_to(host: str, said: dict[str, str]) -> dict[str, str]:
    """How the server's certificate is looked at: as the address says, and by TLS_AUTHORITY always, name and all."""
    words = {word: said[word] for word in TLS_WORDS if word in said}
    if not host or host.startswith("/"):
        return words
    if TLS_AUTHORITY:
        words = {"sslmode": "verify-full", "sslrootcert": TLS_AUTHORITY} | words
    if "sslrootcert" in words and words.get("sslmode") != "verify-full":
        raise ImproperlyConfigured(
            f"The server {host} is reached with sslmode={words.get('sslmode', 'prefer')}, by which no authority is "
            "asked for its name: write sslmode=verify-full."
        )
    return words


def _directory(issuer: str, name: str) -> list[dict[str, Any]]:
    """The council's own directory, to be signed in with over OpenID Connect; none without an issuer."""
    if not issuer:
        return []
    client = {key: _given(key) for key in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    if missing := [key for key, value in client.items() if not value]:
        raise ImproperlyConfigured(f"OIDC_ISSUER is set, and {' and '.join(missing)} not.")
    return [
        {
            "provider_id": "directory",
            "name": name[:40],
            "client_id": client["OIDC_CLIENT_ID"],
            "secret": client["OIDC_CLIENT_SECRET"],
            "settings": {"server_url": issuer},
        }
    ]


# Who signed the certificates of PostgreSQL, Redis and the web servers: nobody else is trusted (deploy/certificates.sh).
TLS_AUTHORITY = _file("TLS_AUTHORITY")
TLS_WORDS = ("sslmode", "sslrootcert")
WEB_CERTIFICATE = _file("WEB_CERTIFICATE")

DEBUG = False
DEMO = _flag("PBR_DEMO", default=False)
SECRET_KEY = _given("SECRET_KEY")
SECRET_KEY_FALLBACKS = _list("SECRET_KEY_FALLBACKS", "")
COUNCIL_NAME = _text("COUNCIL_NAME", "Plymouth City Council" if DEMO else "")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
if DEMO and not set(ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
    # Its accounts, and the codes of their second factors, are shown to whoever opens the page.
    raise ImproperlyConfigured("PBR_DEMO is for one machine: take it away, or ALLOWED_HOSTS.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "oauth2_provider",
    "drf_spectacular",
    "pbr_ledger.accounts",
    "pbr_ledger.audit",
    "pbr_ledger.jobs",
    "pbr_ledger.notices",
    "pbr_ledger.clients",
    "pbr_ledger.webhooks",
    "cohort",
    "savings",
    "invoicing",
]
MIDDLEWARE = [
    "pbr_ledger.observability.requests.observed",
    "pbr_ledger.clients.middleware.refused_in_clear",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pbr_ledger.pages.answer_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pbr_ledger.accounts.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pbr_ledger.accounts.middleware.SecondFactorRequired",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cohort.pages.erased.ErasedContracts",
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
                "pbr_ledger.accounts.pages.navigation.navigation",
            ],
        },
    },
]

DATABASES = {
    "default": _database("DATABASE_URL", "pbr_application") | {"TEST": {"MIRROR": "owner"}},
    "owner": _database("DATABASE_OWNER_URL", "pbr_owner") | {"TEST": {"DEPENDENCIES": []}},
    "agent": _database("DATABASE_AGENT_URL", "pbr_agent") | {"TEST": {"MIRROR": "owner"}},
}
CACHES = {
    # In PostgreSQL, so that what limits attempts holds for every process and needs nothing else to be running.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "pbr_ledger.accounts.context_words.ContextWords"},
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "contracts"
LOGOUT_REDIRECT_URL = "sign-in"

# Signing in (docs/adr/0013-signing-in.md). Nobody signs up: no address for it is in the URLconf.
ACCOUNT_ADAPTER = "pbr_ledger.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "reset_password": "20/m/ip,3/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = _number("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "pbr_ledger.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_ALLOW_UNVERIFIED_EMAIL = True
# How many codes before and after its own an app's clock may be off. None: a code is good for its own thirty seconds.
MFA_TOTP_TOLERANCE = _number("APP_CODE_TOLERANCE", 1 if DEMO else 0)
if MFA_TOTP_TOLERANCE > 1:
    raise ImproperlyConfigured("APP_CODE_TOLERANCE is 0 or 1: a code that is older has been lying about.")
MFA_TOTP_ISSUER = "Payment-by-results ledger"
SOCIALACCOUNT_ADAPTER = "pbr_ledger.accounts.adapters.DirectoryAdapter"
OIDC_ISSUER = _text("OIDC_ISSUER", "")
OIDC_NAME = _text("OIDC_NAME", "your organisation’s directory")
OIDC_SECOND_FACTOR = _flag("OIDC_SECOND_FACTOR", default=False)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": _directory(OIDC_ISSUER, OIDC_NAME),
    }
}

PUBLIC_ADDRESS = _text("PUBLIC_ADDRESS", f"http://127.0.0.1:{_text('PORT', '8000')}").rstrip("/")
EMAIL_HOST = _text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if DEMO and not EMAIL_HOST else 'smtp'}.EmailBackend"
EMAIL_PORT = _number("EMAIL_PORT", 587)
EMAIL_HOST_USER = _text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = _text("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _text("EMAIL_FROM", "Payment-by-results ledger <ledger@localhost>")

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

SESSION_COOKIE_AGE = 30 * 60
SESSION_LONGEST = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pbr_ledger.pages.form_refused"
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS", "")
# Only over https; the demonstration is for one machine, over http on its own address.
SECURE = _flag("PBR_HTTPS", default=not DEMO)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = ["^health/", "^metrics$"]  # asked from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = _number("HSTS_SECONDS", 365 * 24 * 60 * 60 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

BROKER_URL = _broker_url("BROKER_URL")

# What is seen from outside: logs, signs of life, figures.
LOG_FORMAT = _choice("LOG_FORMAT", "text", "json")
LOGGING = logging_settings(LOG_FORMAT)
ALIVE_DIR = VAR_DIR / "alive"
METRICS_ALLOWED = _networks("METRICS_ALLOWED", "127.0.0.0/8,::1")

SECRETS_LAST_DAYS = _number("SECRETS_LAST_DAYS", 400)

# Evidence: where its files are kept, and the virus scanner (clamd), by socket or by host and port.
EVIDENCE_DIR = Path(_text("EVIDENCE_DIR", str(VAR_DIR / "evidence")))
CLAMD_SOCKET = _text("CLAMD_SOCKET", "")
CLAMD_HOST = _text("CLAMD_HOST", "")
CLAMD_PORT = _number("CLAMD_PORT", 3310)

# Backups: as whom the database is read (with DATABASE_BACKUP_URL unset: as pbr_backup, where the pages read), and the
# age public keys to which they are enciphered.
DATABASE_BACKUP = _database("DATABASE_BACKUP_URL", "pbr_backup") if _given("DATABASE_BACKUP_URL") else None
BACKUP_RECIPIENTS = _list("BACKUP_RECIPIENTS", "")

# For how many years after its end a contract's children, carers and files are kept (docs/data-protection/retention.md).
RETENTION_YEARS = _number("RETENTION_YEARS", 6)
if RETENTION_YEARS < 6:
    raise ImproperlyConfigured("RETENTION_YEARS is at least 6: as long as claims may be made under the contract.")

# Webhooks go to the public internet alone; to this machine too, over http, in development and tests.
WEBHOOKS_LOOPBACK = _flag("WEBHOOKS_LOOPBACK", default=False)

# The API (docs/api.md). Programs come in with tokens alone; nothing of a session counts there.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 15 * 60,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["client_credentials"],
    "OAUTH2_VALIDATOR_CLASS": "pbr_ledger.clients.oauth.ClientValidator",
    "SCOPES_BACKEND_CLASS": "pbr_ledger.clients.oauth.ClientScopes",
}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "pbr_ledger.clients.api.problems.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "pbr_ledger.clients.api.problems.ProblemFormatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Payment-by-results ledger",
    "DESCRIPTION": "What is payable under a payment-by-results contract, and what was paid. docs/api.md has a session.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ClaimStatus": "cohort.core.facts.CLAIM_STATUSES",
        "DeliveryState": "pbr_ledger.webhooks.api.serializers.DELIVERY_STATES",
        "DisablingReason": "pbr_ledger.webhooks.models.REASONS",
        "Ending": "cohort.core.facts.ENDINGS",
        "EndpointState": "pbr_ledger.webhooks.api.serializers.ENDPOINT_STATES",
        "ExtraCostKind": "cohort.core.facts.EXTRA_COST_KINDS",
        "InvoiceKind": "invoicing.models.invoices.KINDS",
        "InvoiceStatus": "invoicing.api.reading.STATUSES",
        "PaymentKind": "invoicing.models.payments.PAYMENT_KINDS",
        "ProposalStatus": "savings.api.serializers.STATUSES",
        "Setting": "cohort.core.facts.SETTINGS",
        "Side": "savings.models.SIDES",
        "VatTreatment": "invoicing.core.charges.VAT_TREATMENTS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "pbr_ledger.clients.api.schema.name_choices",
        "pbr_ledger.clients.api.schema.add_links",
        "pbr_ledger.clients.api.schema.add_problems",
        "pbr_ledger.webhooks.api.described.add_webhooks",
    ],
}
