"""Runs every benchmark and prints its lines, on an empty database of the test server."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connections  # noqa: E402

from tests.benchmarks import books, closing, core, pages  # noqa: E402


def main() -> None:
    """Empty the database, and print a line for each measurement."""
    owner = connections["owner"]
    if "test-postgres" not in owner.settings_dict["HOST"]:
        raise SystemExit("Benchmarks run on the test server only: `make bench`.")
    with owner.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("GRANT USAGE ON SCHEMA public TO pbr_application, pbr_agent")
    call_command("migrate", database="owner", verbosity=0)
    for part in (core, closing, books, pages):
        for line in part.report():
            print(f"- {line}", flush=True)


main()
