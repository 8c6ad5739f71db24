"""What an invoice keeps of the day it was issued: parties, contract, terms and references, as they were then."""

from typing import NotRequired, TypedDict


class ElectronicAddress(TypedDict):
    """Where a party receives electronic invoices: an identifier, and its scheme in the EAS list (`0088` is a GLN)."""

    scheme: str
    identifier: str


class Party(TypedDict):
    """A party by the name and address it had. Each line of the address is a line of text; it may be empty.

    `reference` is its short name here, `vat_number` the number by which it is registered for VAT, if it is, and
    `company_number` that of Companies House. Older copies lack what was not recorded yet.
    """

    name: str
    address: str
    reference: NotRequired[str]
    vat_number: NotRequired[str]
    company_number: NotRequired[str]
    electronic_address: NotRequired[ElectronicAddress]


class Particulars(TypedDict):
    """`Invoice.particulars`, frozen on issue. Days and instants are ISO text; references may be empty.

    `decision_on` is the day of the council's decision; `terms_recorded_on` and `terms_effective_from` name the version
    of the terms by which the statement's month was charged; `bank_reference` is the provider's account to pay into, and
    `payment_days` are from issue to due day.
    """

    council: Party
    provider: Party
    agent: Party
    contract_title: str
    decision_reference: str
    decision_on: str
    terms_recorded_on: str
    terms_effective_from: str
    bank_reference: str
    order_reference: str
    payment_days: int
