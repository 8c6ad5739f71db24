"""A receiver as somebody elsewhere writes it: Python's own web server, and the library `standardwebhooks` alone."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


@dataclass
class Receiver:
    """What arrived, each message once however often it came, and what is answered.

    While it is `down` it answers 503; `refuses` says of a message whether it is not taken; `blindly` is answered to
    everything, whatever comes.
    """

    secret: str = ""
    down: bool = False
    blindly: bytes | None = None
    port: int = 0
    refuses: Callable[[dict[str, Any]], int] = lambda _message: 0
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks?tenant=1"

    @property
    def types(self) -> list[str]:
        """What it was told of, in its order, without challenges and tests."""
        return [each["type"] for each in self.taken.values() if not each["type"].startswith("endpoint.")]

    def answer(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Verify, remember, say yes."""
        if self.blindly is not None:
            return 200, self.blindly
        try:
            message = Webhook(self.secret).verify(body, headers)
        except (WebhookVerificationError, RuntimeError) as refusal:
            return 400, str(refusal).encode()
        with self.lock:
            self.requests.append((headers["webhook-id"], headers, body.decode()))
            if self.down:
                return 503, b"out of order"
            if status := self.refuses(message):
                return status, b"no"
            self.taken.setdefault(headers["webhook-id"], message)
        if message["type"] == "endpoint.verification":
            return 200, json.dumps({"challenge": message["data"]["challenge"]}).encode()
        return 204, b""


@contextmanager
def listening(port: int = 0) -> Iterator[Receiver]:
    """A receiver that listens; on the same port again, to stand for one that was away."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        """Hands everything to the receiver."""

        def do_POST(self) -> None:
            """Answer."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = receiver.answer(body, {name.lower(): text for name, text in self.headers.items()})
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
