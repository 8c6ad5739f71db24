"""Runs the benchmarks, or the parts that are named, and prints their lines, on a database of their own.

`make bench PART=api` runs one part. The server is a durable one, as deployed: every commit is on the disk before it is
acknowledged. What takes long is small unless a variable says otherwise; each part names its own.
"""

import logging
import os
import shutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

GROUPS = (("core",), ("closing", "books", "pages"), ("api",), ("country",), ("memory",), ("load",), ("recovery",))
"""Each begins on an empty database. The pages look at the contracts that the books have loaded."""
NEEDS = {"pages": ("books",)}
"""What has to run before a part that is named alone."""


def main(names: Sequence[str]) -> None:
    """Print a line for each measurement of the parts, or of all."""
    known = [name for group in GROUPS for name in group]
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"There is no part {', '.join(unknown)}; there are {', '.join(known)}.")
    logging.getLogger("pbr_ledger").setLevel(logging.WARNING)
    wanted = {each for name in names or known for each in (*NEEDS.get(name, ()), name)}
    for group in GROUPS:
        if chosen := [name for name in group if name in wanted]:
            empty_database()
            for name in chosen:
                for line in import_module(f"tests.benchmarks.{name}").report():
                    print(f"- {line}", flush=True)


def empty_database() -> None:
    """Throw away what the benchmarks' own database holds, and make its tables anew. Refuse any other database."""
    owner = connections["owner"]
    if Path(owner.settings_dict["HOST"]) != settings.VAR_DIR / "postgres" or settings.VAR_DIR.name != "bench":
        raise SystemExit("Benchmarks run on a server of their own only: `make bench`.")
    connections.close_all()
    with owner.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("GRANT USAGE ON SCHEMA public TO pbr_application, pbr_agent")
    call_command("migrate", database="owner", verbosity=0)
    for name in ("broker", "evidence"):
        shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)


main(sys.argv[1:])
