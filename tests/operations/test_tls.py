"""TLS inside: PostgreSQL, Redis and the web servers show certificates, and each is looked at before a word is said."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from cryptography import x509
from django.conf import LazySettings
from django.db import connections

from pbr_ledger.backups import BackupError, make_backup, postgres
from tests.jobs.processes import PROJECT, environment, wait_until
from tests.operations.running import free_port
from tests.operations.tls import PASSWORD, listens, made_certificates, postgres_over_tls, redis_over_tls

SEND = """
import os, sys
from pathlib import Path
import django
django.setup()
from pbr_ledger.jobs import broker

def sent(address, **changes):
    broker._Silence.until = 0
    broker.app.conf.broker_url = address
    broker.app.conf.broker_use_ssl = right | changes if right else None
    return broker.send(job_id=1, queue="documents")

right, address = broker.app.conf.broker_use_ssl, os.environ["BROKER_URL"]
print([
    sent(address),
    sent(address.replace("localhost", "127.0.0.1")),
    sent(address, ssl_ca_certs=sys.argv[1]),
    sent(address, ssl_ca_certs=None),
])
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger's own authority, and its certificates for localhost."""
    return made_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority that nobody here has named."""
    return made_certificates(tmp_path_factory.mktemp("another")) / "internal_authority.pem"


@pytest.fixture
def authority(certificates: Path) -> Path:
    """Its own certificate."""
    return certificates / "internal_authority.pem"


@pytest.fixture
def database(certificates: Path, db: None) -> Iterator[dict[str, Any]]:
    """Django's settings for the test database, reached over TLS, without the words that say how."""
    known = connections["default"].settings_dict
    if not str(known["HOST"]).startswith("/"):
        pytest.fail("This asks for the embedded PostgreSQL, at a socket: run it without DATABASE_URL.")
    with postgres_over_tls(certificates, Path(known["HOST"]) / ".s.PGSQL.5432") as port:
        yield known | {"HOST": "localhost", "PORT": str(port), "OPTIONS": {}}


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_of(path: Path) -> list[str]:
    found = certificate(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(each.value) for each in found]


# ── Certificates ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_certificates_are_made_once_and_renewed_when_asked(certificates: Path, tmp_path: Path) -> None:
    folder = made_certificates(tmp_path / "secrets", names="postgres db.council.example 10.1.2.3")
    web, authority = folder / "web_certificate.pem", folder / "internal_authority.pem"
    assert names_of(web) == ["postgres", "db.council.example", "10.1.2.3"]
    lasts = certificate(web).not_valid_after_utc - certificate(web).not_valid_before_utc
    assert lasts.days == 825
    certificate(web).verify_directly_issued_by(certificate(authority))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {path.read_bytes() for path in made_certificates(folder).iterdir()} == set(before.values())
    made_certificates(folder, "--renew")
    changed = {path.name for path in folder.iterdir() if path.read_bytes() != before[path.name]}
    assert changed == {f"{name}_{what}.pem" for name in ("postgres", "redis", "web") for what in ("certificate", "key")}
    assert (folder / "internal_authority_key.pem").stat().st_mode & 0o777 == 0o400
    authority.unlink()
    made_certificates(folder)
    certificate(web).verify_directly_issued_by(certificate(authority))


def test_certificate_is_made_again_when_it_lacks_its_key_or_another_authority_made_it(
    another: Path, tmp_path: Path
) -> None:
    folder = made_certificates(tmp_path / "secrets")
    (folder / "postgres_key.pem").unlink()
    shutil.copy(folder / "web_key.pem", folder / "redis_key.pem")
    shutil.copy(another.with_name("web_certificate.pem"), folder / "web_certificate.pem")
    shutil.copy(another.with_name("web_key.pem"), folder / "web_key.pem")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    made_certificates(folder)
    for service in ("postgres", "redis", "web"):
        made = folder / f"{service}_certificate.pem"
        assert made.read_bytes() != before[made.name]
        certificate(made).verify_directly_issued_by(certificate(folder / "internal_authority.pem"))
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made, folder / f"{service}_key.pem")
    assert (folder / "internal_authority.pem").read_bytes() == before["internal_authority.pem"]


def test_no_certificate_is_made_that_outlasts_its_authority(tmp_path: Path) -> None:
    folder = made_certificates(tmp_path / "secrets")
    key = folder / "internal_authority_key.pem"
    command = ["openssl", "req", "-x509", "-new", "-subj", "/CN=short", "-key", key]
    for days, status in ((824, 1), (826, 0)):
        subprocess.run([*command, "-days", str(days), "-out", tmp_path / "short.pem"], check=True, capture_output=True)
        shutil.copy(tmp_path / "short.pem", folder / "internal_authority.pem")
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        done = subprocess.run(
            ["sh", "deploy/certificates.sh", folder, "--renew"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        changed = {path.name for path in folder.iterdir() if path.read_bytes() != before[path.name]}
        assert len(changed) == (0 if status else 6)
        assert ("before a new certificate would: nothing was made. Remove" in done.stderr) is bool(status)


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────────
def connected(database: dict[str, Any], **words: str) -> bool:
    """Whether the connection is encrypted, once it stands."""
    role = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "dbname": database["NAME"]}
    with psycopg.connect(**{**role, **words}) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        return bool(connection.pgconn.ssl_in_use)


def test_database_is_reached_by_its_name_under_the_authority_alone(
    database: dict[str, Any], authority: Path, another: Path
) -> None:
    words = {"sslmode": "verify-full", "sslrootcert": str(authority)}
    assert connected(database, **words) is True
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connected(database, **words | {"sslrootcert": str(another)})
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        connected(database, **words, host="127.0.0.1")


def test_backup_is_made_over_tls_and_not_from_a_stranger(
    database: dict[str, Any], authority: Path, another: Path, tmp_path: Path, settings: LazySettings
) -> None:
    words = {"sslmode": "verify-full", "sslrootcert": str(authority)}
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.DATABASE_BACKUP = database | {"USER": "pbr_backup", "OPTIONS": words}
    assert make_backup(into=tmp_path).stat().st_size > 100_000
    settings.DATABASE_BACKUP = database | {"USER": "pbr_backup", "OPTIONS": words | {"sslrootcert": str(another)}}
    with pytest.raises(BackupError, match="certificate verify failed"):
        make_backup(into=tmp_path)
    program = postgres.path_of("pg_dump", server=18)
    stranger = postgres.environ_of(settings.DATABASE_BACKUP, program)
    done = subprocess.run([program, "--no-password"], env=stranger, capture_output=True, text=True, check=False)
    assert (done.returncode, "certificate verify failed" in done.stderr) == (1, True)


# ── Redis ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def said_in_clear(address: str) -> bytes:
    """What it answers to whoever knows the password and speaks no TLS."""
    port = urlsplit(address).port
    with suppress(ConnectionResetError), socket.create_connection(("127.0.0.1", port)) as clear:
        clear.sendall(f"AUTH {PASSWORD}\r\nPING\r\n".encode())
        return clear.recv(100)
    return b""


def test_messages_go_by_the_name_under_the_authority_alone(
    certificates: Path, authority: Path, another: Path, tmp_path: Path
) -> None:
    with redis_over_tls(certificates, tmp_path) as address:
        # What the machine trusts besides is worth nothing where an authority is named.
        given = {"BROKER_URL": address, "TLS_AUTHORITY": str(authority), "SSL_CERT_FILE": str(authority)}
        command = [sys.executable, "-c", SEND, str(another)]
        environ = os.environ | given | {"DJANGO_SETTINGS_MODULE": "pbr_ledger.settings"}
        done = subprocess.run(command, env=environ, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.stdout == "[True, False, False, True]\n", done.stderr
        assert b"PONG" not in said_in_clear(address)


# ── All of it ────────────────────────────────────────────────────────────────────────────────────────────────────────
def answered(port: int, authority: Path | None, *, host: str = "localhost") -> int:
    """The status of `/health/ready` over TLS; over http without an authority."""
    if authority is None:
        connection = HTTPConnection(host, port, timeout=5)
    else:
        context = ssl.create_default_context(cafile=str(authority))
        connection = HTTPSConnection(host, port, timeout=5, context=context)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whole_ledger_works_over_tls(
    database: dict[str, Any], certificates: Path, authority: Path, another: Path, tmp_path: Path
) -> None:
    """A web server and a worker as they are started without containers; the worker takes messages from Redis."""
    port = free_port()
    given = {
        "TLS_AUTHORITY": str(authority),
        "WEB_CERTIFICATE": str(certificates / "web_certificate.pem"),
        "WEB_KEY": str(certificates / "web_key.pem"),
        "WEB_PROCESSES": "1",
    }
    for name, alias in (("DATABASE_URL", "default"), ("DATABASE_OWNER_URL", "owner"), ("DATABASE_AGENT_URL", "agent")):
        role = connections[alias].settings_dict["USER"]
        given[name] = f"postgresql://{role}@localhost:{database['PORT']}/{database['NAME']}"
    with redis_over_tls(certificates, tmp_path) as address:
        environ = environment(var=tmp_path, broker_url=address) | given
        counts = [word for kind in ("mail", "webhooks", "beat", "dispatcher") for word in (f"--{kind}", "0")]
        command = [sys.executable, "-m", "pbr_ledger.provision", "serve", *counts, "--port", str(port)]
        with (tmp_path / "serve.log").open("wb") as log:
            serving = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=log, stderr=subprocess.STDOUT)
        try:
            messages = redis.Redis.from_url(address, ssl_ca_certs=str(authority))
            wait_until(lambda: listens(port) and messages.exists("_kombu.binding.documents"))
            assert answered(port, authority) == 200
            for wrong in (another, None):
                with pytest.raises((ssl.SSLCertVerificationError, HTTPException, OSError)):
                    answered(port, wrong)
            with pytest.raises(ssl.SSLCertVerificationError):
                answered(port, authority, host="127.0.0.1")
            alive = [sys.executable, "-m", "pbr_ledger.provision", "alive", "web"]
            web = environ | {"WEB_BIND": f"127.0.0.1:{port}"}
            assert subprocess.run(alive, cwd=PROJECT, env=web, check=False).returncode == 0
        finally:
            serving.terminate()
            assert serving.wait(60) in {0, 128 + 15}
    assert "CERTIFICATE_VERIFY_FAILED" not in (tmp_path / "serve.log").read_text(encoding="utf-8")
