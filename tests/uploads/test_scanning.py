"""Files are scanned by clamd where one is configured; nothing is kept unscanned by accident."""

import pytest
from django.conf import LazySettings

from pbr_ledger.uploads import CLEAN, NOT_SCANNED, UploadRefused, scanned
from tests.uploads import files
from tests.uploads.scanner import clamd, closed_port


def test_without_a_scanner_a_file_is_called_not_scanned() -> None:
    assert scanned("plan.pdf", files.PDF) == NOT_SCANNED


def test_clean_file_is_sent_whole_and_called_clean(settings: LazySettings) -> None:
    content = files.PDF + bytes(range(256)) * 1000
    with clamd() as server:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", server.port
        assert scanned("plan.pdf", content) == CLEAN
        assert server.received == [content]


def test_file_in_which_something_is_found_is_refused(settings: LazySettings) -> None:
    with clamd() as server:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", server.port
        with pytest.raises(UploadRefused, match=r"^“plan.pdf” was refused: the virus scanner found something in it"):
            scanned("plan.pdf", b"a" * 70_000 + files.EICAR)


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: BROKEN\0"])
def test_answer_that_is_none_is_not_taken_for_clean(settings: LazySettings, answer: bytes) -> None:
    with clamd(answer) as server:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", server.port
        with pytest.raises(UploadRefused, match="the virus scanner does not answer"):
            scanned("plan.pdf", files.PDF)


@pytest.mark.parametrize("by_socket", [True, False])
def test_scanner_that_is_configured_but_away_lets_nothing_in(settings: LazySettings, by_socket: bool) -> None:
    if by_socket:
        settings.CLAMD_SOCKET = "/nowhere/clamd.sock"
    else:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", closed_port()
    with pytest.raises(UploadRefused, match=r"the virus scanner does not answer. Try again in a few minutes"):
        scanned("plan.pdf", files.PDF)
