"""Writing UBL element by element: nothing empty, nothing that XML forbids, the same bytes each time."""

import re

from lxml import etree

from pbr_ledger.money import pounds_text
from savings.documents.pdf import STAND_IN

AGGREGATE = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
BASIC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CURRENCY = "GBP"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root_of(name: str, namespace: str) -> etree._Element:
    """The empty document element of that name."""
    return etree.Element(etree.QName(namespace, name), nsmap={None: namespace, "cac": AGGREGATE, "cbc": BASIC})


def group(parent: etree._Element, name: str) -> etree._Element:
    """A new element of elements (`cac:`) at the end of its parent."""
    return etree.SubElement(parent, etree.QName(AGGREGATE, name))


def put(parent: etree._Element, name: str, text: object, **attributes: str) -> None:
    """A new element of text (`cbc:`) at the end of its parent, or none at all where there is no text."""
    written = "" if text is None else plain(str(text))
    if written:
        element = etree.SubElement(parent, etree.QName(BASIC, name), attributes)
        element.text = written


def put_amount(parent: etree._Element, name: str, pence: int) -> None:
    """A new element of an amount in pounds, with its currency."""
    put(parent, name, pounds_text(pence), currencyID=CURRENCY)


def plain(text: str) -> str:
    """The text with single spaces, and `□` for each character that no XML document may hold."""
    return " ".join(_NOT_XML.sub(STAND_IN, text).split())


def document_bytes(root: etree._Element) -> bytes:
    """The document as UTF-8, one element a line."""
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"
