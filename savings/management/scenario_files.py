"""Scenario files on disk, for the commands that read them."""

from pathlib import Path

from pbr_ledger.errors import Problem, Refused
from savings.core.scenario import MAXIMUM_BYTES, Scenario, read_scenario, too_large

REFUSED_STATUS = 2
"""The exit status of a command whose input is refused."""


def read_scenario_file(path: Path) -> Scenario:
    """The scenario in a file. Raises `Refused` when it cannot be read, is too large, or is no sound scenario."""
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise Refused([Problem("", too_large(size))])
        data = path.read_bytes()
    except OSError as error:
        raise Refused([Problem("", f"the file cannot be read: {error.strerror or error}")]) from error
    return read_scenario(data)
