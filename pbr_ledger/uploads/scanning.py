"""Looking for malware: by clamd, over its INSTREAM protocol, where one is configured."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

from django.conf import settings

from pbr_ledger.uploads.refusals import UploadRefused

CLEAN = "clean"
NOT_SCANNED = "not_scanned"
SCANS = (CLEAN, NOT_SCANNED)

_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_PATIENCE = 30.0
"""Seconds for each step; clamd answers for 10 MB in about one."""


def scanned(name: str, content: bytes) -> str:
    """`clean`, or `not_scanned` where no scanner is configured.

    Raises `UploadRefused` for a file in which something was found, and where a configured scanner does not answer:
    nothing is kept unscanned by accident.
    """
    if not (settings.CLAMD_SOCKET or settings.CLAMD_HOST):
        return NOT_SCANNED
    try:
        answer = _answer_to(content)
    except OSError as error:
        raise UploadRefused(_unavailable(name)) from error
    if answer.endswith("OK"):
        return CLEAN
    if answer.endswith("FOUND"):
        raise UploadRefused(f"“{name}” was refused: the virus scanner found something in it. Tell your IT service.")
    raise UploadRefused(_unavailable(name))


def _unavailable(name: str) -> str:
    return f"“{name}” could not be attached: the virus scanner does not answer. Try again in a few minutes."


def _answer_to(content: bytes) -> str:
    """What clamd says of the bytes: `stream: OK`, `stream: Eicar-Test-Signature FOUND`, or an error."""
    with closing(_connected()) as connection:
        connection.sendall(b"zINSTREAM\0")
        for chunk in _chunks(content):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        received = b""
        while b"\0" not in received and len(received) < _LONGEST_ANSWER and (more := connection.recv(_LONGEST_ANSWER)):
            received += more
    return received.split(b"\0")[0].decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    if settings.CLAMD_SOCKET:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_PATIENCE)
            connection.connect(settings.CLAMD_SOCKET)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((settings.CLAMD_HOST, settings.CLAMD_PORT), timeout=_PATIENCE)


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]
