"""The folder that carries messages where there is no Redis."""

import time
from pathlib import Path
from threading import Thread

import kombu

from pbr_ledger.jobs import folder

QUEUE = kombu.Queue("documents")
MESSAGES = 600


def connected(place: Path) -> kombu.Connection:
    folder.install()
    options = {"data_folder_in": str(place), "data_folder_out": str(place)}
    return kombu.Connection("folder://", transport_options=options)


def put(place: Path, numbers: range) -> None:
    with connected(place) as connection:
        for number in numbers:
            connection.Producer().publish({"job": number}, routing_key="documents", declare=[QUEUE])
            time.sleep(0.0005)


def test_reader_that_never_pauses_sees_every_message_whole_and_once(tmp_path: Path) -> None:
    """With kombu's own transport the reader meets half-written messages: tried, and the reading raises."""
    writer = Thread(target=put, args=(tmp_path, range(MESSAGES)))
    taken: list[int] = []
    with connected(tmp_path) as connection:
        writer.start()
        while writer.is_alive() or any(tmp_path.glob("*.msg")):
            message = QUEUE(connection.default_channel).get(no_ack=True)
            if message:
                taken.append(message.payload["job"])
    assert taken == list(range(MESSAGES))


def test_message_waits_in_a_folder_that_only_its_owner_may_enter(tmp_path: Path) -> None:
    put(tmp_path / "var" / "broker", range(1))
    assert (tmp_path / "var" / "broker").stat().st_mode & 0o777 == 0o700
    assert len(list((tmp_path / "var" / "broker").iterdir())) == 1
