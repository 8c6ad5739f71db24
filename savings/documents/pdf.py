"""HTML to an archival, accessible PDF: PDF/A-3a and PDF/UA-1 in one file, the same bytes whenever it is made again.

Nothing outside the static files of the product is ever read, and neither the clock nor the environment is asked:
a document's date is the one it is given.
"""

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import pydyf
from django.conf import settings
from fontTools.ttLib import TTFont
from weasyprint import HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from pbr_ledger.errors import LedgerError

PDF = "application/pdf"
STATIC_ORIGIN = "https://static.invalid/"
"""What `url()` in a document's CSS is relative to. It names no host: the fetcher maps it onto the static files."""
FONT_FAMILY = "Document Sans"
"""The name under which the documents' CSS declares the vendored font, so that no font of the system is taken for it."""
FONT_FILE = "fonts/source-sans-3/SourceSans3-Regular.ttf"
STAND_IN = "□"
"""Stands for a character that the font lacks: a font of the system would make other bytes on another machine."""

_RENDERING = Lock()
_AMBIGUOUS_END = b"\r\nendstream"
"""A compressed stream can happen to end in a carriage return. With the line feed that follows it a reader may take
the two for one line end and find the stream's length wrong, so such a file is not let out."""
_ATTEMPTS = 8
_COLOURS = "--srgb"
_OPTIONS: Mapping[str, Any] = {
    "pdf_variant": "pdf/a-3a",
    "pdf_tags": True,
    "pdf_version": "1.7",
    "output_intent": _COLOURS,
}
_UA_IDENTIFICATION = b"""\
<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""><pdfuaid:part>1</pdfuaid:part>\
</rdf:Description>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class DocumentNotMade(LedgerError):
    """The document could not be made: its HTML asked for something that is no static file of the product."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file inside the PDF; `relationship` is the PDF/A-3 word for what it is to the document (`Data`, `Source`)."""

    name: str
    content: bytes
    description: str
    relationship: str = "Data"


class StaticFilesFetcher(URLFetcher):
    """Reads the product's own static files, and nothing else: no file of the machine, no network, no data URL."""

    def __init__(self, root: Path) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self._root = root.resolve()

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002
        """The static file that the URL names. Raises `FatalURLFetchingError`, which stops the document, for others."""
        path = self._path(url)
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})

    def _path(self, url: str) -> Path:
        parts = urlsplit(url)
        path = (self._root / unquote(parts.path).lstrip("/")).resolve()
        inside = path.is_relative_to(self._root) and path.is_file()
        if f"{parts.scheme}://{parts.netloc}/" != STATIC_ORIGIN or not inside:
            raise FatalURLFetchingError(f"“{url}” is no static file of the product, so the document was not made.")
        return path


def pdf_document(*, html: str, made_at: datetime, attachments: Sequence[AttachedFile] = ()) -> bytes:
    """The HTML as PDF/A-3a and PDF/UA-1, dated `made_at`, with the files attached.

    The same arguments give the same bytes. The HTML needs `lang`, a title, and a text alternative for each picture;
    its `url()` are relative to the static files. Raises `DocumentNotMade` when it asks for anything else.
    """
    source = legible(html)
    try:
        with _RENDERING:  # Pango and fontconfig keep caches of their own, which two threads must not share
            for spare_objects in range(_ATTEMPTS):
                made = _made(source, made_at, attachments, spare_objects)
                if _AMBIGUOUS_END not in made:
                    return made
            return made
    except FatalURLFetchingError as refusal:
        raise DocumentNotMade(str(refusal)) from refusal


def _made(html: str, made_at: datetime, attachments: Sequence[AttachedFile], spare_objects: int) -> bytes:
    document = _rendered(html, made_at)
    return bytes(
        document.write_pdf(
            finisher=partial(_finish, spare_objects=spare_objects),
            pdf_identifier=_identifier(html, made_at, attachments),
            attachments=[_attachment(file, made_at) for file in attachments],
            **_OPTIONS,
        )
    )


def legible(text: str) -> str:
    """The text with every character that the vendored font lacks shown as `□`."""
    missing = set(text) - _characters() - {"\n", "\r", "\t"}
    return text.translate({ord(character): STAND_IN for character in missing})


@lru_cache(maxsize=1)
def _characters() -> frozenset[str]:
    with TTFont(_static_root() / FONT_FILE, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _static_root() -> Path:
    return Path(settings.BASE_DIR) / "static"


def _rendered(html: str, made_at: datetime) -> Document:
    fetcher = StaticFilesFetcher(_static_root())
    document = HTML(string=html, base_url=STATIC_ORIGIN, url_fetcher=fetcher).render(
        font_config=FontConfiguration(), color_profiles={_COLOURS: _srgb()}, **_OPTIONS
    )
    document.metadata.created = document.metadata.modified = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
    return document


def _srgb() -> ColorProfile:
    """The renderer's own colour profile, under a name of ours: under its own it would be left open on disk."""
    content = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
    return ColorProfile(BytesIO(content), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


def _attachment(file: AttachedFile, made_at: datetime) -> Attachment:
    dated = made_at.astimezone(UTC)
    return Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=dated,
        modified=dated,
        relationship=file.relationship,
    )


def _identifier(html: str, made_at: datetime, attachments: Sequence[AttachedFile]) -> bytes:
    """What names this file among all others: a hash of everything that goes into it."""
    parts = [html.encode(), made_at.astimezone(UTC).isoformat().encode()]
    for file in attachments:
        parts += [file.name.encode(), file.content]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32].encode()


def _finish(document: Document, pdf: pydyf.PDF, *, spare_objects: int) -> None:
    """What the two standards ask for beyond what the renderer writes.

    `spare_objects` are empty and used by nothing: they move the end of the streams that are made while writing.
    """
    _identify_as_accessible(document, pdf)
    _say_what_headers_head(document)
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    if "AF" in pdf.catalog:  # the renderer lists each attachment twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for _ in range(spare_objects):
        pdf.add_object(pydyf.Dictionary({}))
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress and item.data.endswith(_AMBIGUOUS_END):
            item.compress = False


def _identify_as_accessible(document: Document, pdf: pydyf.PDF) -> None:
    """Write the XMP again, not compressed, with the PDF/UA part and the schema that lets PDF/A hold it."""
    described = document.metadata.generate_rdf_metadata("a", 3, "A")
    packet = (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        + described.replace(b"</rdf:RDF>", _UA_IDENTIFICATION + b"</rdf:RDF>")
        + b'\n</x:xmpmeta>\n<?xpacket end="r"?>'
    )
    number = int(pdf.catalog["Metadata"].split()[0])
    stream = pydyf.Stream([packet], {"Type": "/Metadata", "Subtype": "/XML"}, compress=False)
    stream.number = number
    pdf.objects[number] = stream


def _say_what_headers_head(document: Document) -> None:
    """Give each header cell its scope, which the renderer knows from the HTML but leaves out."""
    for box in _boxes(document):
        mark = getattr(box, "mark", None)
        if mark is not None and box.element_tag == "th":
            mark["A"]["Scope"] = "/Row" if box.element.attrib.get("scope") == "row" else "/Column"


def _boxes(document: Document) -> Iterator[Any]:
    for page in document.pages:
        yield from page._page_box.descendants()  # noqa: SLF001 - the boxes carry the only link from cell to scope
