"""Any document as a PDF: valid for both standards, the same bytes again, and closed to the outside."""

import os
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest
from django.conf import settings
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

from savings.documents.pdf import (
    STATIC_ORIGIN,
    AttachedFile,
    DocumentNotMade,
    StaticFilesFetcher,
    legible,
    pdf_document,
)

MADE_AT = datetime(2026, 5, 7, 12, 30, tzinfo=UTC)
FONT = f"{STATIC_ORIGIN}fonts/source-sans-3/SourceSans3-Regular.ttf"
HTML_TEXT = """<!doctype html><html lang="en-GB"><head><title>A paper</title><style>
@font-face { font-family: "Document Sans"; src: url("fonts/source-sans-3/SourceSans3-Regular.ttf") }
html { font-family: "Document Sans" }</style></head><body><h1>A paper</h1>
<table><caption>Sums</caption><thead><tr><th scope="col">What</th><th scope="col">Sum</th></tr></thead>
<tbody><tr><th scope="row">Fee</th><td>£1.00</td></tr></tbody></table>%s</body></html>"""


def failures(made):
    return {profile: page.validate_pdf_bytes(made, profile=profile).failures for profile in ("3a", "ua1")}


def test_a_document_is_archival_and_accessible_in_one_file():
    made = pdf_document(html=HTML_TEXT % "", made_at=MADE_AT)
    assert failures(made) == {"3a": [], "ua1": []}
    with pikepdf.open(BytesIO(made)) as pdf:
        metadata = pdf.Root.Metadata
        assert "/Filter" not in metadata
        assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata.read_bytes()
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.Lang == "en-GB"


def test_a_document_without_a_title_is_found_not_accessible():
    broken = pdf_document(html=(HTML_TEXT % "").replace("<title>A paper</title>", ""), made_at=MADE_AT)
    assert not page.is_pdf_compliant_bytes(broken, profile="ua1")


def test_the_renderer_alone_does_not_meet_both_standards():
    document = HTML(string=HTML_TEXT % "", base_url=STATIC_ORIGIN, url_fetcher=fetcher())
    alone = document.write_pdf(pdf_variant="pdf/a-3a", output_intent="--none")
    assert not page.is_pdf_compliant_bytes(alone, profile="ua1")


def test_a_document_made_again_has_the_same_bytes_and_another_has_not():
    first, again = (pdf_document(html=HTML_TEXT % "", made_at=MADE_AT) for _ in range(2))
    assert first == again
    assert pdf_document(html=HTML_TEXT % "<p>More</p>", made_at=MADE_AT) != first
    assert pdf_document(html=HTML_TEXT % "", made_at=MADE_AT.replace(hour=13)) != first


def test_documents_made_at_the_same_time_do_not_disturb_each_other():
    texts = [HTML_TEXT % f"<p>Number {number}</p>" for number in range(6)]
    one_by_one = [pdf_document(html=text, made_at=MADE_AT) for text in texts]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda text: pdf_document(html=text, made_at=MADE_AT), texts)) == one_by_one


def test_the_environment_is_neither_changed_nor_asked():
    before = dict(os.environ)
    program = (
        "import sys; from datetime import UTC, datetime; from savings.documents.pdf import pdf_document; "
        "import django; django.setup(); "
        "sys.stdout.buffer.write(pdf_document(html=sys.stdin.read(), made_at=datetime(2026, 5, 7, 12, 30, tzinfo=UTC)))"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=(HTML_TEXT % "").encode(),
            env=before | {"DJANGO_SETTINGS_MODULE": "pbr_ledger.settings", "PYTHONUTF8": "1"} | changed,
            capture_output=True,
            check=True,
        ).stdout
        for changed in (
            {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"},
            {"PYTHONHASHSEED": "2", "TZ": "America/Lima"},
        )
    ]
    assert made[0] == made[1] == pdf_document(html=HTML_TEXT % "", made_at=MADE_AT)
    assert dict(os.environ) == before


def test_attached_files_keep_their_bytes_their_date_and_what_they_are_to_the_document():
    file = AttachedFile("result.json", b'{"total": "1.00"}\n', "The result", "Source")
    with pikepdf.open(BytesIO(pdf_document(html=HTML_TEXT % "", made_at=MADE_AT, attachments=(file,)))) as pdf:
        attached = pdf.attachments["result.json"]
        assert attached.get_file().read_bytes() == file.content
        assert attached.get_file().mime_type == "application/json"
        assert attached.get_file().creation_date == MADE_AT
        assert [str(spec.AFRelationship) for spec in pdf.Root.AF] == ["/Source"]


def test_a_stream_whose_checksum_ends_in_a_carriage_return_is_still_valid():
    texts = (b'{"name": "%s"}' % (b"a" * length) for length in range(256))
    content = next(text for text in texts if zlib.adler32(text) & 0xFF == ord("\r"))
    made = pdf_document(html=HTML_TEXT % "", made_at=MADE_AT, attachments=(AttachedFile("a.json", content, "A"),))
    assert failures(made) == {"3a": [], "ua1": []}
    with pikepdf.open(BytesIO(made)) as pdf:
        assert pdf.attachments["a.json"].get_file().read_bytes() == content


def fetcher():
    return StaticFilesFetcher(Path(settings.BASE_DIR) / "static")


def test_the_products_own_static_files_are_read():
    response = fetcher().fetch(FONT)
    assert response.read(4) == b"\x00\x01\x00\x00"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://example.org/logo.png",
        "https://example.org/logo.png",
        "data:image/png;base64,AAAA",
        "ftp://example.org/a",
        f"{STATIC_ORIGIN}../manage.py",
        f"{STATIC_ORIGIN}%2e%2e/manage.py",
        f"{STATIC_ORIGIN}fonts",
        f"{STATIC_ORIGIN}no-such-file.png",
        "https://static.invalid@example.org/fonts/source-sans-3/SourceSans3-Regular.ttf",
        "//etc/passwd",
    ],
)
def test_everything_else_is_refused(url):
    with pytest.raises(FatalURLFetchingError):
        fetcher().fetch(url)


@pytest.mark.parametrize(
    "markup", ['<img src="file:///etc/passwd" alt="x">', '<img src="http://example.org/x" alt="x">']
)
def test_a_document_that_asks_for_more_is_not_made(markup):
    with pytest.raises(DocumentNotMade, match="is no static file of the product"):
        pdf_document(html=HTML_TEXT % markup, made_at=MADE_AT)


def test_characters_that_the_font_lacks_are_shown_as_a_box_and_no_other_font_is_used():
    assert legible("Zoë Łukasz −£1 漢 🙂\n") == "Zoë Łukasz −£1 □ □\n"
    made = pdf_document(html=HTML_TEXT % "<p>漢 \x07 🙂</p>", made_at=MADE_AT)
    assert failures(made) == {"3a": [], "ua1": []}
    with pikepdf.open(BytesIO(made)) as pdf:
        names = {
            str(item.BaseFont) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    assert all("Document-Sans" in name for name in names)
