"""No file of the repository holds a secret: no private key, nothing of the form that keys of known services have."""

import os
import re
from pathlib import Path

import pytest

from tests.docs.test_clauses import ROOT, SKIPPED_FOLDERS

SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "age identity": r"AGE-SECRET-KEY-1[0-9A-Z]{50,}",
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:ghp|gho|ghs|ghr|github_pat)_[A-Za-z0-9_]{30,}",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "Stripe key": r"\b[sr]k_live_[A-Za-z0-9]{16,}",
    "Google key": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "PyPI token": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "web token": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}",
    "secret key in a setting": r"""(?<!settings\.)\bSECRET_KEY\s*=\s*["'][^"'\s]{30,}["']""",
}
ANY = re.compile("|".join(f"(?:{pattern})" for pattern in SECRETS.values()))
BINARY = {".png", ".woff2", ".ttf", ".otf", ".ico", ".xlsx", ".pdf", ".jpg"}
OUTSIDE = {".venv", ".git", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache", "secrets", "backups"}


def test_no_file_holds_a_secret() -> None:
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in OUTSIDE | SKIPPED_FOLDERS]
        for path in (Path(folder) / name for name in names):
            if path.suffix not in BINARY and path.is_file() and path != Path(__file__):
                text = path.read_bytes().decode("utf-8", "replace")
                found += [f"{path.relative_to(ROOT)}: {match[0][:12]}…" for match in ANY.finditer(text)]
    assert found == []


@pytest.mark.parametrize("name", SECRETS)
def test_each_kind_would_be_noticed(name: str) -> None:
    examples = {
        "private key": "-----BEGIN RSA PRIVATE KEY-----",
        "age identity": "AGE-SECRET-KEY-1" + "Q" * 58,
        "AWS key": "AKIA" + "A" * 16,
        "GitHub token": "ghp_" + "a" * 36,
        "GitLab token": "glpat-" + "a" * 20,
        "Slack token": "xoxb-" + "1" * 12,
        "Stripe key": "sk_live_" + "a" * 24,
        "Google key": "AIza" + "a" * 35,
        "PyPI token": "pypi-" + "a" * 60,
        "web token": ".".join(["eyJ" + "a" * 20, "eyJ" + "b" * 20, "c" * 30]),
        "secret key in a setting": f'SECRET_KEY = "{"k" * 50}"',
    }
    assert re.search(SECRETS[name], examples[name])
