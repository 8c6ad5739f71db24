"""A password of the words that anybody here would try first is refused, however long."""

import pytest
from django.core.exceptions import ValidationError

from pbr_ledger.accounts import services
from pbr_ledger.accounts.context_words import ContextWords
from pbr_ledger.accounts.models import INVITATION, OneTimeLink, Person
from pbr_ledger.accounts.services import token_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import Refused


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("PlymouthCouncil2026", True),
        ("finance-officer-2026!", True),
        ("Reconnect&Ledger&99", True),
        ("1234567890123456", True),
        ("plymouth hoe at noon", False),
        ("three unrelated words", False),
        ("Überraschungsgäste", False),
    ],
)
def test_words_of_this_place_alone_make_no_password(password: str, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(ValidationError):
            ContextWords().validate(password)
    else:
        ContextWords().validate(password)


def test_name_of_ones_organisation_makes_none_either_and_the_link_stays_open(administrator: Person) -> None:
    town = services.create_organisation(
        reference="westmoor", name="Westmoor Borough", kind="council", by=administrator, clock=DATABASE_CLOCK
    )
    invited = services.invite(
        organisation=town,
        email="new@westmoor.example",
        full_name="Nia New",
        roles=["auditor"],
        by=administrator,
        clock=DATABASE_CLOCK,
    )
    token = token_of(OneTimeLink.objects.get(person=invited, purpose=INVITATION))
    with pytest.raises(Refused) as refused:
        services.accept_invitation(token=token, password="westmoor borough 26", clock=DATABASE_CLOCK)
    assert [each.place for each in refused.value.problems] == ["password"]
    assert "words that anybody here would try" in refused.value.problems[0].message
    services.accept_invitation(token=token, password="the heron at low tide", clock=DATABASE_CLOCK)
