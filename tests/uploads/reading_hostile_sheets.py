"""Reads every hostile file and says, line by line, what was said of each and after how long; then the memory.

Run as a process of its own, `python -m tests.uploads.reading_hostile_sheets`: the memory is the most it ever had, in
MB. Files are made in a child of it, so that their making does not count.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from pbr_ledger.uploads import UploadRefused
from pbr_ledger.uploads.sheets import Bounds, read_sheets
from tests.uploads.hostile_sheets import corpus

BOUNDS = Bounds(rows=5000, columns=50, characters=4000)


def made(make: Callable[[], bytes]) -> bytes:
    """The bytes, made in a child process."""
    with TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            file.write(make())
            file.flush()
            os._exit(0)
        os.waitpid(child, 0)
        file.seek(0)
        return file.read()


def answer_to(content: bytes) -> str:
    """What is said of the file."""
    try:
        return f"read: {sum(len(sheet.rows) for sheet in read_sheets('facts.xlsx', content, bounds=BOUNDS))} rows"
    except UploadRefused as refusal:
        return str(refusal)


for name, make, _ in corpus():
    content = made(make)
    begun = time.process_time()
    said = answer_to(content)
    sys.stdout.write(json.dumps([name, [said, round(time.process_time() - begun, 2)]]) + "\n")
(most,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
sys.stdout.write(json.dumps(int(most.split()[1]) // 1024) + "\n")
