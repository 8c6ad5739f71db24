"""`manage.py model FILE…`: what a contract would have paid. Nothing is written anywhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from pbr_ledger.errors import Refused
from savings.core.document import as_text
from savings.core.model import model
from savings.management.scenario_files import REFUSED_STATUS, read_scenario_file


class Command(BaseCommand):
    """Print the result document of each scenario file, in their order; exit with 2 when a file is refused."""

    help = "Print what a contract would have paid, from scenario files. Nothing is written anywhere."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files and the form of the output."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", type=Path, help="a scenario document (docs/scenario.md)"
        )
        parser.add_argument("--compact", action="store_true", help="print each document on one line")

    def handle(self, *_args: Any, files: list[Path], compact: bool, **_options: Any) -> None:
        """Work out each file by itself, so that one refused file does not hide the result of another."""
        refused = False
        for path in files:
            try:
                document = model(read_scenario_file(path))
            except Refused as error:
                refused = True
                self.stderr.write(f"{path} is refused:\n{error}")
            else:
                self.stdout.write(as_text(document, compact=compact))
        if refused:
            raise SystemExit(REFUSED_STATUS)
