"""One request to an endpoint: to the address that was checked and nowhere else, briefly, and never on to another."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from time import monotonic

from pbr_ledger.webhooks.addresses import AddressRefused, Target

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
"""From the first byte of the connection to the end of what is read: an endpoint says yes first and works after."""
MOST_READ = 4096
MOST_KEPT = 200
LATE = f"It did not answer in time ({ANSWER_SECONDS:.0f} seconds)."
USER_AGENT = "pbr-ledger-webhooks/1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request. `status` is None when there was no answer; `error` is then why, in words.

    `said` is the beginning of the body; it is kept nowhere but for what `excerpt` gives of it.
    """

    status: int | None
    error: str
    said: bytes
    milliseconds: int

    @property
    def is_yes(self) -> bool:
        """Whether the endpoint has taken the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def excerpt(self) -> str:
        """The first printable characters of an answer that was no yes: often its reason."""
        if self.is_yes:
            return ""
        text = self.said[: 2 * MOST_KEPT].decode("utf-8", "replace")
        return "".join(each if each.isprintable() else " " for each in text).strip()[:MOST_KEPT]


class _Pinned(http.client.HTTPConnection):
    """A connection to the addresses of the target, whatever its name stands for by now."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.place.host, target.place.port, timeout=CONNECT_SECONDS)
        self._target = target
        self._timer: Timer | None = None
        self.was_cut_off = False

    def connect(self) -> None:
        """Connect to the first address that takes it; over TLS, to whoever holds a certificate for the name."""
        connected = _connected(self._target)
        # A server that sends a byte a second would never run into a timeout of its own.
        self._timer = Timer(ANSWER_SECONDS, self._shut)
        self._timer.daemon = True
        self.sock = connected
        self.sock.settimeout(ANSWER_SECONDS)
        self._timer.start()
        if self._target.place.secure:
            name = self._target.place.host
            wrapped = tls_context().wrap_socket(connected, server_hostname=name, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def _shut(self) -> None:
        """End both directions, which wakes whoever reads. It may be closed already."""
        self.was_cut_off = True
        with suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it, and call off the alarm."""
        if self._timer:
            self._timer.cancel()
        super().close()


def tls_context() -> ssl.SSLContext:
    """Certificates are asked for and have to be right; TLS 1.2 at least."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """The answer to the body, posted as JSON. Whatever goes wrong on the way is an answer too: nothing is raised."""
    began = monotonic()
    connection = _Pinned(target)
    try:
        connection.request("POST", target.place.path, body=body, headers=_headers(target, headers))
        answer = connection.getresponse()
        status, said = answer.status, answer.read(MOST_READ)
        error = "" if 200 <= status < 300 else _said_no(status)
    except Exception as fault:  # noqa: BLE001  Whatever a stranger's server does is told in the log of deliveries.
        status, said, error = None, b"", _told(fault)
    finally:
        connection.close()
    if connection.was_cut_off:
        status, said, error = None, b"", LATE
    return Answer(status, error, said, round((monotonic() - began) * 1000))


def _connected(target: Target) -> socket.socket:
    last: OSError | None = None
    for address in target.addresses:
        try:
            found = socket.create_connection((address, target.place.port), timeout=CONNECT_SECONDS)
        except OSError as error:
            last = error
            continue
        if found.getpeername()[0] != address.partition("%")[0]:
            found.close()
            raise AddressRefused("The connection led to another address than the one that was checked.")
        return found
    raise last or OSError("no address")


def _headers(target: Target, headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "Host": target.place.named,
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": USER_AGENT,
        "Connection": "close",
        **headers,
    }


def _said_no(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered {status}, a redirect; redirects are not followed."
    return f"It answered {status}."


FAULTS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((TimeoutError,), LATE),
    ((ssl.SSLError,), "No secure connection could be made (TLS)."),
    ((ConnectionRefusedError,), "It refused the connection."),
    ((http.client.RemoteDisconnected, http.client.IncompleteRead), "It closed the connection without an answer."),
    ((http.client.HTTPException,), "What it answered is not HTTP."),
    ((ConnectionError,), "It closed the connection without an answer."),
    ((Exception,), "It could not be reached."),
)


def _told(fault: Exception) -> str:
    """The fault in words that hold nothing of the message or the answer."""
    if isinstance(fault, AddressRefused):
        return str(fault)
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"Its certificate is not accepted: {fault.verify_message}."
    return next(words for kinds, words in FAULTS if isinstance(fault, kinds))
