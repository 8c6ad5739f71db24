"""Servers that speak TLS with certificates of `deploy/certificates.sh`, for the name localhost.

The embedded PostgreSQL is built without TLS: a front of the tests speaks PostgreSQL's own way into TLS (SSLRequest) and
hands on what comes. What is tried is how the ledger looks at certificates; that is psycopg's libpq, the real one.
"""

import os
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.jobs.processes import PROJECT, wait_until
from tests.operations.running import free_port

PASSWORD = "between-ledger-and-redis"
SSL_REQUEST = 80877103


def made_certificates(folder: Path, *more: str, names: str = "localhost") -> Path:
    """The folder, with an authority and its certificates for these names."""
    folder.mkdir(exist_ok=True)
    given = {f"{service}_NAMES": names for service in ("POSTGRES", "REDIS", "WEB")}
    subprocess.run(
        ["sh", "deploy/certificates.sh", str(folder), *more],
        env=os.environ | given,
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    return folder


@contextmanager
def redis_over_tls(certificates: Path, folder: Path) -> Iterator[str]:
    """The address of a Redis with the settings of `deploy/redis.sh`."""
    script = (PROJECT / "deploy" / "redis.sh").read_text(encoding="utf-8")
    found = re.search(r"<<CONFIGURATION\n(.*)CONFIGURATION", script, re.DOTALL)
    assert found is not None
    port = free_port()
    settings = found[1].replace("$(cat /run/secrets/redis_password)", PASSWORD).replace("dir /data", f"dir {folder}")
    settings = settings.replace("tls-port 6379", f"tls-port {port}")
    settings = re.sub(r"/run/secrets/(\w+)", rf"{certificates}/\1.pem", settings)
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(["redis-server", "-"], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
        assert process.stdin is not None
        process.stdin.write(f"{settings}\nbind 127.0.0.1\n".encode())
        process.stdin.close()
        try:
            wait_until(lambda: listens(port))
            yield f"rediss://:{PASSWORD}@localhost:{port}/0"
        finally:
            process.terminate()
            process.wait()


@contextmanager
def postgres_over_tls(certificates: Path, behind: Path) -> Iterator[int]:
    """The port on which the PostgreSQL whose socket is `behind` is reached over TLS, and not without."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "postgres_certificate.pem", certificates / "postgres_key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_take_all, args=(server, context, behind), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _take_all(server: socket.socket, context: ssl.SSLContext, behind: Path) -> None:
    with suppress(OSError):
        while True:
            asking, _ = server.accept()
            threading.Thread(target=_take, args=(asking, context, behind), daemon=True).start()


def _take(asking: socket.socket, context: ssl.SSLContext, behind: Path) -> None:
    with suppress(OSError), asking:
        _, code = struct.unpack("!II", asking.recv(8, socket.MSG_WAITALL))
        if code != SSL_REQUEST:
            return
        asking.sendall(b"S")
        with context.wrap_socket(asking, server_side=True) as safe, socket.socket(socket.AF_UNIX) as answering:
            answering.connect(str(behind))
            there = threading.Thread(target=_hand_on, args=(safe, answering), daemon=True)
            there.start()
            _hand_on(answering, safe)
            there.join()


def _hand_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
