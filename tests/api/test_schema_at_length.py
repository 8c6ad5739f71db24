"""Tens of thousands of requests to every operation, by each kind of client and by nobody, and the ledger clean after.

`PBR_API_EXAMPLES=60 make test PYTEST=tests/api/test_schema_at_length.py`, `PBR_SEED=…` for the same again. Schemathesis
goes through its four phases: examples of the schema, its boundaries, random requests right and wrong, and sequences.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cohort.models import Contract
from cohort.queries.history import IDENTITIES
from invoicing.models import Invoice
from savings.models import ClosedStatement
from tests.api.programs import Ground, Program
from tests.ledger.billing import findings

EXAMPLES = int(os.environ.get("PBR_API_EXAMPLES", "0"))
SEED = os.environ.get("PBR_SEED") or str(int(time.time()))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
PREFIXES = {
    "child": "chd",
    "placement": "plc",
    "claim": "clm",
    "household": "hou",
    "extra_cost": "xco",
    "expense": "exp",
}

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "agent"]),
]


def nearby(here: Ground) -> dict[str, Any]:
    """What there is, for requests that name it."""
    row = here.contract
    facts = {kind: list(IDENTITIES[kind].objects.filter(contract=row).order_by("pk")) for kind in PREFIXES}
    ids = {
        prefix: [f"{prefix}_{each.pk}" for each in facts[kind]] or [f"{prefix}_1"] for kind, prefix in PREFIXES.items()
    }
    invoices = [f"inv_{each}" for each in Invoice.objects.order_by("pk").values_list("pk", flat=True)]
    statements = [f"stm_{each}" for each in ClosedStatement.objects.order_by("pk").values_list("pk", flat=True)]
    ids |= {"con": [f"con_{row.pk}"], "inv": invoices, "stm": statements}
    ids |= {prefix: [f"{prefix}_{number}" for number in range(1, 4)] for prefix in ("pay", "set", "prp", "evd")}
    values = {kind: [each.reference for each in facts[kind]] for kind in ("child", "placement", "household")}
    values["household"] = values["household"] or [None]
    values |= {"contract": ids["con"], "invoice": invoices, "credit_note": [f"inv_{here.credit.pk}"]}
    return {"ids": ids, "values": values}


def long_token(program: Program, settings: Any) -> str:
    """A token that outlasts the run."""
    settings.OAUTH2_PROVIDER = settings.OAUTH2_PROVIDER | {"ACCESS_TOKEN_EXPIRE_SECONDS": 24 * 60 * 60}
    token: str = program.ask_for_token().json()["access_token"]
    return token


def attacked(address: str, token: str, folder: Path) -> tuple[int, str]:
    """How many requests Schemathesis made in all its phases, and what it said at the end."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/v1/schema/", "--url", address]
    options = {
        "--phases": "examples,coverage,fuzzing,stateful",
        "--checks": ",".join(CHECKS),
        "--max-examples": str(EXAMPLES),
        "--seed": SEED,
        "--report": "json",
        "--report-json-path": str(folder / "report.json"),
        "--suppress-health-check": "all",
        "--warnings": "off",
    }
    header = ["--header", f"Authorization: Bearer {token}"] if token else []
    given = [part for pair in options.items() for part in pair]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.api.nearby",
        "PBR_NEARBY": str(folder / "nearby.json"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [*command, *given, *header, "--continue-on-failure", "--no-color"],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("who", ["agent", "council", "provider", "stranger", "nobody"])
def test_whatever_is_sent_at_length_the_answers_are_in_the_schema_and_the_ledger_holds(
    here: Ground, who: str, live_server, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    for name in ("MOST_REQUESTS", "MOST_STRANGERS"):
        monkeypatch.setattr(f"pbr_ledger.clients.api.views.{name}", 10**9)
    (tmp_path / "nearby.json").write_text(json.dumps(nearby(here)), encoding="utf-8")
    program: Program | None = getattr(here, who, None)
    token = long_token(program, settings) if program else ""
    began = time.monotonic()
    status, said = attacked(live_server.url, token, tmp_path)
    print(f"{who}, {time.monotonic() - began:.0f} s, seed {SEED}: {said[-3000:]}")
    assert [found for contract in Contract.objects.all() for found in findings(contract)] == []
    assert status == 0, said
