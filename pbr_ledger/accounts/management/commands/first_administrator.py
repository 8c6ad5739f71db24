"""`manage.py first_administrator`: how the very first person comes in, who then invites everybody else."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.text import slugify

from pbr_ledger.accounts.services import let_in_first_administrator, token_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError
from pbr_ledger.words import instant_shown

LONGEST_NAME, LONGEST_REFERENCE = 200, 50


class Command(BaseCommand):
    """The council, its first administrator, and a link on the screen: without a mail server, and no password typed."""

    help = (
        "Add the council and its first administrator, and show the link with which that person chooses a password. "
        "Until somebody has come in, the same command shows a new link."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare who it is, and of which council."""
        parser.add_argument("--email", required=True, metavar="ADDRESS", help="with which the person signs in")
        parser.add_argument("--name", required=True, metavar="FULL NAME", help="as it stands beside what they do")
        parser.add_argument("--council", default=settings.COUNCIL_NAME, help="its name; COUNCIL_NAME, if left out")
        parser.add_argument("--reference", help="its short name in addresses; made of the name, if left out")

    def handle(self, *_args: Any, email: str, name: str, council: str, reference: str | None, **_options: Any) -> None:
        """Install, and show the link; say in a sentence why not."""
        try:
            link = let_in_first_administrator(
                organisation_name=council.strip(),
                organisation_reference=_reference(council, reference),
                email=email,
                full_name=_full_name(name),
                clock=DATABASE_CLOCK,
            )
        except LedgerError as refusal:
            raise CommandError(f"Nobody was let in. {refusal}") from refusal
        who = link.person
        self.stdout.write(f"{who.full_name}, administrator of {who.organisation}, chooses a password at")
        self.stdout.write(f"\n    {settings.PUBLIC_ADDRESS}{reverse('new-password', args=[token_of(link)])}\n\n")
        self.stdout.write(f"until {instant_shown(link.expires_at)}, once, and sets up a second factor then.")


def _full_name(name: str) -> str:
    found = name.strip()
    if not found or len(found) > LONGEST_NAME:
        raise CommandError(f"--name is the person’s full name, at most {LONGEST_NAME} signs.")
    return found


def _reference(council: str, given: str | None) -> str:
    """The short name, as it is given or made of the council's name."""
    if not council.strip() or len(council.strip()) > LONGEST_NAME:
        raise CommandError(
            f"Name the council, in at most {LONGEST_NAME} signs: --council, or the setting COUNCIL_NAME."
        )
    short = slugify(council)[:LONGEST_REFERENCE].strip("-") if given is None else given
    if not short or len(short) > LONGEST_REFERENCE or short != slugify(short):
        raise CommandError(f"--reference is small letters, digits and hyphens, at most {LONGEST_REFERENCE} of them.")
    return short
