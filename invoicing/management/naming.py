"""What is named on a command line, found; where it is not, the error says which option to mend."""

from argparse import ArgumentParser

from cohort.models import Contract
from invoicing.core.calendar import Period
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.roles import COUNCIL
from pbr_ledger.errors import Problem, Refused


def add_actor(parser: ArgumentParser) -> None:
    """Declare who acts: the services ask what that person may do."""
    parser.add_argument("--by", required=True, metavar="EMAIL", help="who does it: a Lead Accountant's e-mail address")


def person_named(email: str) -> Person:
    """The person who signs in with the address. Raises `Refused`."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise Refused([Problem("--by", f"there is nobody with the address {email}")])
    return person


def council_named(reference: str) -> Organisation:
    """The council with this short name. Raises `Refused`, with the names of those there are."""
    councils = Organisation.objects.filter(kind=COUNCIL)
    council = councils.filter(reference=reference).first()
    if council is None:
        known = ", ".join(councils.order_by("reference").values_list("reference", flat=True)) or "none"
        raise Refused([Problem("--council", f"there is no council {reference}; those there are: {known}")])
    return council


def contract_named(reference: str) -> Contract:
    """The contract of this reference. Raises `Refused`."""
    contract = Contract.objects.filter(reference=reference).first()
    if contract is None:
        raise Refused([Problem("--contract", f"there is no contract {reference}")])
    return contract


def period_named(text: str) -> Period:
    """The period written `2025/26-P3`. Raises `Refused`."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise Refused([Problem("--period", str(error))]) from error
