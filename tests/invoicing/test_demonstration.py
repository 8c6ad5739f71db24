"""The demonstration's parties: what is made up of them has the form of what is real."""

from invoicing.management.commands import demo
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.services import OrganisationDetails


def test_its_parties_are_recorded_with_their_numbers_and_addresses(db: None) -> None:
    """The service would refuse a number whose check digits do not fit."""
    parties = demo._parties(*demo._cast())

    recorded = {kind: Organisation.objects.get(kind=kind) for kind in ("council", "provider", "agent")}
    assert {kind: OrganisationDetails.of(row) for kind, row in recorded.items()} == demo.DETAILS
    assert recorded["provider"] == parties.provider
    assert recorded["provider"].vat_number == "GB999999973"
    assert recorded["council"].electronic_scheme == "0088"
