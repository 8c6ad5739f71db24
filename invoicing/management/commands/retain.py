"""`manage.py retain`: how long each contract is kept; with `--destroy`, the end of one whose time is over.

Runs with the settings of `manage.py migrate`: it needs the tables' owner (`DATABASE_OWNER_URL`).
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from cohort.models import Contract, Erasure
from invoicing.queries.checks import check_everything
from invoicing.queries.retention import KeptUntil, backups_before, held_of, kept_until
from invoicing.services.retention import AlreadyErased, erase, finish
from pbr_ledger.accounts.models import Person
from pbr_ledger.errors import LedgerError
from pbr_ledger.words import count_shown, day_shown

NO_OWNER = "The tables’ owner cannot be reached: run this with the settings of `manage.py migrate`."


class Command(BaseCommand):
    """Says what is due and destroys nothing, unless told so of one contract and by whom."""

    help = "Say how long each contract is kept; with --destroy, destroy what names children and carers of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to look at, and the word without which nothing is destroyed."""
        parser.add_argument("--contract", metavar="REFERENCE", help="this contract alone")
        parser.add_argument("--destroy", action="store_true", help="destroy; with --contract and --by")
        parser.add_argument("--by", metavar="EMAIL", help="the Lead Accountant who orders it")
        parser.add_argument("--backups", metavar="FOLDER", type=Path, help="name the backups that still hold it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Answer for every contract, or for one."""
        try:
            if options["destroy"]:
                self._destroy(options)
            else:
                for contract in _contracts(options["contract"]):
                    self.stdout.write(_said(kept_until(contract)))
                self.stdout.write("Nothing was destroyed. --destroy --contract REFERENCE --by EMAIL does it.")
        except LedgerError as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"{NO_OWNER} ({error})") from error
        if options["backups"]:
            self._name_backups(options["backups"], options["contract"])

    def _destroy(self, options: dict[str, Any]) -> None:
        if not options["contract"] or not options["by"]:
            raise CommandError("Say which contract (--contract REFERENCE), and who orders it (--by EMAIL).")
        (contract,) = _contracts(options["contract"])
        by = Person.objects.filter(email__iexact=options["by"], is_active=True).select_related("organisation").first()
        if by is None:
            raise CommandError(f"Nobody here has the address {options['by']}.")
        try:
            erasure = erase(contract=contract, by=by)
        except AlreadyErased as known:
            erasure = Erasure.objects.get(contract=contract)
            left = len(erasure.files_left)
            finish(erasure=erasure)
            but = f" but to take {count_shown(left, 'file')} off the disk" if left else ""
            self.stdout.write(f"{known} There was nothing to do{but}.")
            return
        self.stdout.write(_done(erasure))
        for finding in check_everything(contract):
            self.stderr.write(str(finding))

    def _name_backups(self, folder: Path, reference: str | None) -> None:
        erasures = Erasure.objects.filter(contract__in=_contracts(reference)).order_by("erased_at")
        for erasure in erasures.select_related("contract"):
            for backup in backups_before(folder, erasure):
                self.stdout.write(f"{backup} still holds what was destroyed of {erasure.contract}: destroy it.")


def _contracts(reference: str | None) -> list[Contract]:
    contracts = Contract.objects.order_by("reference")
    if reference is None:
        return list(contracts)
    if not (found := list(contracts.filter(reference=reference))):
        raise CommandError(f"There is no contract {reference}.")
    return found


def _said(kept: KeptUntil) -> str:
    name = kept.contract.reference
    if kept.erasure is not None:
        return f"{name}: erased on {day_shown(kept.erasure.erased_at.date())}."
    if kept.ends_on is None or kept.due_on is None:
        return f"{name}: kept; it has no terms, and so no end from which to count."
    until = f"{'ended' if kept.ends_on <= kept.today else 'ends'} on {day_shown(kept.ends_on)}"
    if not kept.is_due:
        return f"{name}: {until}; kept until {day_shown(kept.due_on)}."
    return f"{name}: {until}; due since {day_shown(kept.due_on)}: {held_of(kept.contract)}."


def _done(erasure: Erasure) -> str:
    rows = sum(erasure.rows.values())
    return (
        f"{erasure.contract.reference} is erased: {count_shown(rows, 'row')} destroyed or reduced, "
        f"{count_shown(erasure.files, 'file')} destroyed. Older backups still hold them: --backups FOLDER names them."
    )
