"""Seller and buyer in UBL: names, addresses, and what each is registered as."""

import re

from lxml import etree

from invoicing.documents.content import PartyContent
from invoicing.documents.words import NO_VAT_NUMBER
from invoicing.documents.xml import group, put

COUNTRY = "GB"
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.IGNORECASE)


def write_seller(root: etree._Element, seller: PartyContent, *, subject_to_vat: bool) -> None:
    """The seller, with its VAT number or the words that none is recorded; neither where VAT has no say (BR-O-02)."""
    party = _party(root, "AccountingSupplierParty", seller)
    if subject_to_vat:
        registration = group(party, "PartyTaxScheme")
        put(registration, "CompanyID", vat_identifier(seller) or NO_VAT_NUMBER)
        put(group(registration, "TaxScheme"), "ID", "VAT" if seller.vat_number else "TAX")
    _legal_entity(party, seller)


def write_buyer(root: etree._Element, buyer: PartyContent) -> None:
    """The buyer. Its VAT number decides nothing between two parties of one country, and is left out."""
    party = _party(root, "AccountingCustomerParty", buyer)
    _legal_entity(party, buyer)


def vat_identifier(party: PartyContent) -> str:
    """The VAT number with its country before it, without spaces: `GB123456789`. Empty where none is recorded."""
    number = "".join(party.vat_number.split()).upper()
    return number if not number or number.startswith(COUNTRY) else f"{COUNTRY}{number}"


def _legal_entity(party: etree._Element, content: PartyContent) -> None:
    entity = group(party, "PartyLegalEntity")
    put(entity, "RegistrationName", content.name)
    put(entity, "CompanyID", content.company_number)


def _party(root: etree._Element, role: str, content: PartyContent) -> etree._Element:
    party = group(group(root, role), "Party")
    if content.electronic_address:
        address = content.electronic_address
        put(party, "EndpointID", address.identifier, schemeID=address.scheme)
    put(group(party, "PartyIdentification"), "ID", content.reference)
    put(group(party, "PartyName"), "Name", content.name)
    _postal_address(party, content.address)
    return party


def _postal_address(party: etree._Element, lines: tuple[str, ...]) -> None:
    """The address as written; a last line that is a postcode says that the one before it is the town."""
    address = group(party, "PostalAddress")
    street, town, postcode = list(lines), "", ""
    if street and _POSTCODE.fullmatch(street[-1]):
        postcode = street.pop()
        town = street.pop() if street else ""
    for name in ("StreetName", "AdditionalStreetName"):
        put(address, name, street.pop(0) if street else "")
    put(address, "CityName", town)
    put(address, "PostalZone", postcode)
    if street:
        put(group(address, "AddressLine"), "Line", ", ".join(street))
    put(group(address, "Country"), "IdentificationCode", COUNTRY)
