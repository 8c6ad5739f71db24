"""Loaded by Schemathesis (SCHEMATHESIS_HOOKS): lets every other request name what is really there.

A random id or contract ends every request at its door. `PBR_NEARBY` is a file with what there is: ids by prefix, and
values by the name of their field.
"""

import json
import os
import re
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis

NEARBY: dict[str, Any] = json.loads(Path(os.environ["PBR_NEARBY"]).read_text(encoding="utf-8"))
_turns = count()


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """The id of a row that is there, in place of a random one."""
    if not path_parameters or "row" not in path_parameters or next(_turns) % 4 == 0:
        return path_parameters
    parameter = str(next(each for each in context.operation.path_parameters if each.name == "row").definition)
    prefix = re.search(r"\^([a-z]{3})_", parameter)
    return path_parameters | {"row": _chosen(NEARBY["ids"].get(prefix[1] if prefix else "", ["inv_1"]))}


@schemathesis.hook
def map_query(_context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """The contract, in place of a random one."""
    return _nearer(query)


@schemathesis.hook
def map_headers(_context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was read, whatever it was, so that steps are taken."""
    if headers and "If-Match" in headers and next(_turns) % 4:
        return headers | {"If-Match": "*"}
    return headers


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Names of what is there, in place of random ones."""
    return _nearer(body) if isinstance(body, dict) else body


def _nearer(given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given or next(_turns) % 4 == 0:
        return given
    return given | {name: _chosen(NEARBY["values"][name]) for name in given if name in NEARBY["values"]}


def _chosen(among: list[Any]) -> Any:
    return among[next(_turns) % len(among)]
