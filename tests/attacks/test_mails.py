"""No text that somebody writes becomes a header of a mail, or sends it to somebody else."""

from datetime import date

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from cohort.services import create_contract
from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import Refused
from pbr_ledger.jobs.services import dispatch_once
from tests.attacks.test_tokens import people  # noqa: F401 - everybody, without a contract

INJECTED = "\r\nBcc: mallory@elsewhere.example"


def test_a_reference_that_would_be_a_header_is_refused(people: dict[str, Person]) -> None:  # noqa: F811
    accountant = people["own council lead_accountant"]
    organisations = {
        kind: people[f"own {kind} administrator"].organisation for kind in ("council", "provider", "agent")
    }
    for reference in (f"L04{INJECTED}", "L04\n", "L\u202e04"):
        with pytest.raises(Refused) as refused:
            create_contract(
                reference=reference,
                title="Title",
                decision_reference="",
                decision_on=date(2025, 7, 29),
                by=accountant,
                clock=DATABASE_CLOCK,
                **organisations,
            )
        assert [each.place for each in refused.value.problems] == ["reference"]


def test_an_address_is_one_address(people: dict[str, Person]) -> None:  # noqa: F811
    administrator = people["own council administrator"]
    for email in (f"new@plymouth.example{INJECTED}", "new@plymouth.example,mallory@elsewhere.example", "a b@c.example"):
        with pytest.raises((Refused, IntegrityError)), transaction.atomic():
            services.invite(
                organisation=administrator.organisation,
                email=email,
                full_name="Nia New",
                roles=["auditor"],
                by=administrator,
                clock=DATABASE_CLOCK,
            )


@pytest.mark.django_db(transaction=True)
def test_a_name_with_line_breaks_stays_in_the_text_of_the_mail() -> None:
    from tests.pages.world import peopled

    administrator = peopled()[0]["own council administrator"]
    services.invite(
        organisation=administrator.organisation,
        email="new@plymouth.example",
        full_name=f"Nia{INJECTED}",
        roles=["auditor"],
        by=administrator,
        clock=DATABASE_CLOCK,
    )
    dispatch_once(inline=True)
    (sent,) = [each for each in mail.outbox if each.to == ["new@plymouth.example"]]
    assert sent.recipients() == ["new@plymouth.example"]
    assert "mallory" not in str(sent.message()).partition("\n\n")[0]
