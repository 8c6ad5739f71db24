"""A scanner on this machine's loopback that speaks clamd's INSTREAM and knows one signature."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.uploads.files import EICAR


class Clamd(socketserver.ThreadingTCPServer):
    """Answers as told, or as clamd would; keeps what it was sent."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: bytes | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answer = answer
        self.received: list[bytes] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Conversation(socketserver.BaseRequestHandler):
    server: Clamd

    def handle(self) -> None:
        """One INSTREAM: chunks with their lengths, an empty one at the end, and the answer."""
        connection: socket.socket = self.request
        assert self._exactly(connection, 10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self._exactly(connection, 4))[0]:
            content += self._exactly(connection, length)
        self.server.received.append(content)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        connection.sendall(found if self.server.answer is None else self.server.answer)

    @staticmethod
    def _exactly(connection: socket.socket, length: int) -> bytes:
        received = b""
        while len(received) < length and (more := connection.recv(length - len(received))):
            received += more
        return received


@contextmanager
def clamd(answer: bytes | None = None) -> Iterator[Clamd]:
    """The scanner, running."""
    with Clamd(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
