"""One request: to the address that was checked, briefly, with a right certificate, and never on to another."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pbr_ledger.webhooks import sending
from pbr_ledger.webhooks.addresses import Place, Target
from pbr_ledger.webhooks.sending import Answer, post
from tests.webhooks.receiver import listening

NAME = "hooks.example.org"


@contextmanager
def answering(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does this with its connections, one after another."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def loop() -> None:
            while True:
                try:
                    connected, _ = server.accept()
                except OSError:
                    return
                with connected, suppress(OSError):
                    serve(connected)

        thread = Thread(target=loop, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def whole(connected: socket.socket) -> bytes:
    """The whole request, whose body is `{}`."""
    heard = b""
    while not heard.endswith(b"\r\n\r\n{}"):
        heard += connected.recv(65536) or b"\r\n\r\n{}"
    return heard


def said(text: bytes) -> Callable[[socket.socket], None]:
    def serve(connected: socket.socket) -> None:
        whole(connected)
        connected.sendall(text)

    return serve


def sent_to(port: int, *, secure: bool = False, host: str = NAME, path: str = "/in?x=1") -> Answer:
    """What is answered, where the name was found to stand for this machine."""
    return post(Target(Place(secure, host, port, path), ("127.0.0.1",)), b"{}", {"webhook-id": "evt_1"})


def test_connection_goes_to_the_checked_address_and_names_the_host():
    heard: list[bytes] = []

    def serve(connected: socket.socket) -> None:
        heard.append(whole(connected))
        connected.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with answering(serve) as port:
        assert sent_to(port).is_yes
    head = heard[0].split(b"\r\n\r\n")[0].decode().split("\r\n")
    assert head[0] == "POST /in?x=1 HTTP/1.1"
    assert set(head[1:]) == {
        f"Host: {NAME}:{port}",
        "Content-Length: 2",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        "User-Agent: pbr-ledger-webhooks/1",
        "Connection: close",
        "webhook-id: evt_1",
    }


def test_name_that_stands_for_another_address_by_now_is_not_asked_again(monkeypatch: pytest.MonkeyPatch):
    """Between the look and the connection nothing is looked up: an address is no name."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def heard(host: str, *rest: object, **more: object) -> object:
        asked.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", heard)
    with answering(said(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as port:
        assert sent_to(port).is_yes
    assert asked == ["127.0.0.1"]


def test_second_address_is_tried_when_the_first_does_not_take_the_connection():
    with answering(said(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as port:
        assert post(Target(Place(False, NAME, port, "/"), ("127.0.0.2", "127.0.0.1")), b"{}", {}).is_yes


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", 302, "redirects are not followed"),
        (b"HTTP/1.1 308 x\r\nLocation: https://other.example/\r\n\r\n", 308, "redirects are not followed"),
        (b"HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r\nbad", 500, "It answered 500."),
        (b"HTTP/1.1 600 x\r\n\r\n", 600, "It answered 600."),
        (b"HELLO\r\n", None, "What it answered is not HTTP."),
        (b"HTTP/1.1 2xx OK\r\n\r\n", None, "What it answered is not HTTP."),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", None, "What it answered is not HTTP."),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n", None, "What it answered is not HTTP."),
        (b"", None, "It closed the connection without an answer."),
    ],
)
def test_answer_that_is_no_yes_is_told_in_words(answer: bytes, status: int | None, error: str):
    with answering(said(answer)) as port:
        found = sent_to(port)
    assert (found.status, error in found.error, found.is_yes) == (status, True, False)


def test_little_is_read_of_a_long_answer_and_less_is_kept():
    body = b"\x1b[31mno\n" + b"x" * 100_000
    with answering(said(b"HTTP/1.1 400 x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)) as port:
        found = sent_to(port)
    assert len(found.said) == 4096
    assert (found.excerpt[:8], len(found.excerpt)) == ("[31mno x", 200)
    with answering(said(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")) as port:
        assert sent_to(port).excerpt == ""


def test_answer_that_drips_or_never_comes_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.6)

    def drips(connected: socket.socket) -> None:
        whole(connected)
        connected.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(50):
            connected.sendall(b"y")
            if not wait(connected, 0.1):
                return

    def never(connected: socket.socket) -> None:
        whole(connected)
        wait(connected, 5)

    for serve in (drips, never):
        began = monotonic()
        with answering(serve) as port:
            found = sent_to(port)
        assert (found.status, "did not answer in time" in found.error) == (None, True)
        assert monotonic() - began < 3


def wait(connected: socket.socket, seconds: float) -> bool:
    """Whether the other side is still there after a while."""
    connected.settimeout(seconds)
    try:
        return connected.recv(1) != b""
    except TimeoutError:
        return True


def test_nobody_there_is_told_in_words():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert sent_to(port).error == "It refused the connection."


def certificate(folder: Path, name: str) -> Path:
    """A certificate for the name by itself, with its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_certificate_has_to_be_right_for_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = certificate(tmp_path, NAME)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)

    def serve(connected: socket.socket) -> None:
        with server.wrap_socket(connected, server_side=True) as secure:
            whole(secure)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with answering(serve) as port:
        assert "Its certificate is not accepted: self-signed certificate." in sent_to(port, secure=True).error
        trusting = ssl.create_default_context(cafile=str(file))
        monkeypatch.setattr(sending, "tls_context", lambda: trusting)
        assert sent_to(port, secure=True).is_yes
        refused = sent_to(port, secure=True, host="other.example.org")
        assert "Hostname mismatch" in refused.error
    with listening() as plain:
        assert sent_to(plain.port, secure=True).error == "No secure connection could be made (TLS)."


def test_context_asks_for_certificates_and_no_old_protocol():
    context = sending.tls_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
