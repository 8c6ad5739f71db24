"""The requirements of OWASP ASVS 5.0, each with what it comes to here; and that what the papers name is there."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from tests.docs.named import NODE, is_heading, is_test
from tests.docs.test_clauses import ROOT

REQUIREMENTS = dict(
    line.split() for line in (Path(__file__).parent / "asvs_requirements.txt").read_text(encoding="utf-8").splitlines()
)
"""Every requirement of Levels 1 and 2, by id, with its level."""
BEYOND = {"V1.2.10", "V2.3.5", "V5.2.4", "V13.1.4", "V13.3.4", "V14.2.6", "V14.2.7", "V15.4.2"}
"""Of Level 3: formulas in files, two people, quotas, changing secrets, the least that is shown, how long it is kept,
checks and acts at once."""
OPEN = {"V13.3.1", "V13.3.4"}
"""What is missing. A row comes off this list together with its word `open`."""

with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_requirement_stands_once_with_its_level() -> None:
    assert len(REQUIREMENTS) == 253
    found = [(row["id"], row["level"]) for row in ROWS]
    assert sorted(found) == sorted([*REQUIREMENTS.items(), *((each, "3") for each in BEYOND)])


def test_every_row_says_yes_or_no_and_how_in_a_sentence() -> None:
    assert {row["applies"] for row in ROWS} == {"yes", "no"}
    assert [row["id"] for row in ROWS if not row["control or why not"].endswith(".")] == []


def test_what_applies_has_evidence_or_is_open() -> None:
    opened = {row["id"] for row in ROWS if row["control or why not"].startswith("open: ")}
    assert opened == OPEN
    bare = {row["id"] for row in ROWS if row["applies"] == "yes" and not row["evidence"]}
    assert bare == OPEN
    assert set(re.findall(r"V\d+\.\d+\.\d+", text_of("security.md").partition("## What is open")[2])) == OPEN


def test_every_test_and_heading_that_is_named_as_evidence_is_there() -> None:
    named = [each for row in ROWS for each in row["evidence"].split()]
    assert [each for each in named if not (is_test(each) if "::" in each else is_heading(each))] == []


@pytest.mark.parametrize("name", ["threat-model.md", "security.md"])
def test_every_test_that_a_paper_names_is_there(name: str) -> None:
    assert [node for node in NODE.findall(text_of(name)) if not is_test(node)] == []


def test_every_row_of_the_threat_model_names_a_test() -> None:
    told = text_of("threat-model.md").partition("## What nobody here stops")[0]
    rows = [line for line in told.splitlines() if line.startswith("| ") and not line.startswith("| it can try")]
    assert [row for row in rows if not NODE.search(row)] == []
    assert len(re.findall(r"^## ", told, re.MULTILINE)) == 7


def test_every_secret_says_how_it_is_changed() -> None:
    """Each variable that is a secret or can hold one, and each file that the containers are handed."""
    settings, rotating = text_of("settings.md"), text_of("operations.md").partition("## Rotating every secret")[2]
    variables = set(re.findall(r"`([A-Z_]*(?:SECRET|PASSWORD|DATABASE_[A-Z_]*URL|BROKER_URL)[A-Z_]*)`", settings))
    files = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["secrets"])
    assert {"SECRET_KEY", "DATABASE_PASSWORD", "EMAIL_PASSWORD", "OIDC_CLIENT_SECRET", "BROKER_URL"} <= variables
    variables -= {"OIDC_SECOND_FACTOR", "SECRETS_LAST_DAYS"}
    assert {name for name in variables | files if f"`{name}`" not in rotating} == set()
