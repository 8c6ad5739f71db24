"""A person's own choices."""

from collections.abc import Mapping

from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.notices.models import NoticeChoice
from pbr_ledger.notices.registry import kinds_for


def choose(*, person: Person, choices: Mapping[str, str]) -> None:
    """How the person wants to be told of each kind from now on; kinds that are left out stay as they are.

    Raises `Refused` at the kind for one that does not concern them, or a choice that the kind does not offer.
    """
    offered = {kind.key: kind.choices for kind in kinds_for(permissions_now(person))}
    problems = [
        Problem(kind, "choose one of the ways that are offered")
        for kind, choice in choices.items()
        if choice not in offered.get(kind, ())
    ]
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        for kind, choice in choices.items():
            NoticeChoice.objects.update_or_create(person=person, kind=kind, defaults={"choice": choice})
