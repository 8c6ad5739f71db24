"""What a file is, is decided by its content; what is not on the short list is refused with a sentence."""

import io
import zipfile

import pytest
from PIL import Image

from pbr_ledger.uploads import LARGEST_FILE, UploadRefused, checked_content
from pbr_ledger.uploads.content import cleaned_name
from tests.uploads import files

OOXML = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("name", "content", "shown", "media_type"),
    [
        ("plan.pdf", files.PDF, "plan.pdf", "application/pdf"),
        ("plan.docx", files.docx(), "plan.docx", f"{OOXML}.wordprocessingml.document"),
        ("miles.xlsx", files.xlsx(), "miles.xlsx", f"{OOXML}.spreadsheetml.sheet"),
        ("note.txt", files.TEXT, "note.txt", "text/plain"),
        ("note.txt", "caf\xe9, \x80 20".encode("cp1252", "ignore"), "note.txt", "text/plain"),
        ("miles.csv", b"day,miles\n2026-02-05,540\n", "miles.csv", "text/csv"),
        ("note", b"\xef\xbb\xbfWritten by Notepad", "note.txt", "text/plain"),
        # The name says nothing about the content.
        ("plan.exe", files.PDF, "plan.pdf", "application/pdf"),
        ("plan.pdf", files.TEXT, "plan.txt", "text/plain"),
        ("macro.docm", files.docx(), "macro.docx", f"{OOXML}.wordprocessingml.document"),
        ("run.bat", b"del everything\r\n", "run.txt", "text/plain"),
    ],
)
def test_short_list_is_taken_as_what_it_is(name: str, content: bytes, shown: str, media_type: str) -> None:
    checked = checked_content(name, content)
    assert (checked.name, checked.media_type, checked.content) == (shown, media_type, content)


def refused(content: bytes, name: str = "evidence.pdf") -> str:
    with pytest.raises(UploadRefused) as refusal:
        checked_content(name, content)
    return str(refusal.value)


MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    'Target="https://elsewhere.example/x.dotm" TargetMode="External"/></Relationships>'
)


def encrypted_zip() -> bytes:
    """A package whose second part says that it has a password."""
    plain = bytearray(files.docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = plain.rindex(mark)
        plain[place + offset] |= 1
    return bytes(plain)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty."),
        (b"a" * (LARGEST_FILE + 1), "is larger than 10 MB."),
        (b"MZ\x90\x00" + b"\0" * 300, "of a kind that is not taken"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 300, "of a kind that is not taken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "of a kind that is not taken"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "of a kind that is not taken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "of a kind that is not taken"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 30, "of a kind that is not taken"),
        (b"\x1f\x8b\x08\0\0\0\0\0" + b"\x01" * 30, "of a kind that is not taken"),
        ("UTF-16".encode("utf-16"), "of a kind that is not taken"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "is a page or a script"),
        (b"  \n<HTML><body>", "is a page or a script"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "is a page or a script"),
        (b"<?xml version='1.0'?><x/>", "is a page or a script"),
        (b"\xef\xbb\xbf<script>", "is a page or a script"),
        (b"#!/bin/sh\nrm -rf /\n", "is a page or a script"),
        (b"{\\rtf1 hello}", "is a page or a script"),
        (b"%PDF-9.9\n%%EOF startxref", "is no PDF of a version that is known"),
        (files.PDF[:60], "is a PDF that is not complete"),
        (files.PDF.replace(b"/Root", b"/Encrypt 9 0 R/Root"), "is a PDF with a password"),
        (files.PDF.replace(b"/Root", b"/#45ncrypt<<>>/Root"), "is a PDF with a password"),
        (files.PDF.replace(b"/Pages 2", b"/OpenAction<</S/JavaScript/JS(x)>>/Pages 2"), "runs something"),
        (files.PDF.replace(b"/Pages 2", b"/OpenAction<</S/Java#53cript>>/Pages 2"), "runs something"),
        (files.PDF.replace(b"/Pages 2", b"/AA<</S/Launch/F(cmd.exe)>>/Pages 2"), "runs something"),
        (files.PDF.replace(b"/Count", b"/Type/EmbeddedFile/Count"), "holds other files"),
        (b"PK\x03\x04 and nothing more", "is damaged"),
        (files.package({"a.exe": b"MZ"}), "is an archive"),
        (files.package({"[Content_Types].xml": files.types("application/epub+zip", "a"), "a": ""}), "is neither"),
        (files.package({"[Content_Types].xml": files.types(files.WORD_TYPE, "word/document.xml")}), "is neither"),
        (files.package({"[Content_Types].xml": files.types(MACRO_TYPE, "w"), "w": "<w/>"}), "has macros"),
        (files.docx(word__vbaProject_dot_bin=b"x"), "has macros"),
        (files.docx(word__activeX__activeX1_dot_bin=b"x"), "has macros"),
        (files.docx(word__embeddings__oleObject1_dot_bin=b"x"), "has macros"),
        (files.docx(word___rels__settings_dot_xml_dot_rels=RELATION), "takes a part of itself from elsewhere"),
        (files.docx(word__document_dot_xml="<not closed"), "is damaged"),
        (files.docx(word__document_dot_xml='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "is damaged"),
        (files.package({"[Content_Types].xml": "<Types/>", "../../up": "x"}), "is damaged"),
        (encrypted_zip(), "has a password"),
        (files.zip_bomb(), "unpacks to far more than it is"),
        (files.jpeg_from_a_telephone()[:200], "is a picture that cannot be opened"),
        (b"\xff\xd8\xff" + b"\0" * 100, "is a picture that cannot be opened"),
        (files.png_bomb(60_000, 60_000), "has more than 50 million pixels"),
        (files.png_bomb(10_000, 6_000), "has more than 50 million pixels"),
        (files.png_bomb(100, 100)[:40], "is a picture that cannot be opened"),
    ],
)
def test_everything_else_is_refused_in_words(content: bytes, why: str) -> None:
    said = refused(content)
    assert said.startswith("“evidence.pdf” ")
    assert why in said


def test_package_of_too_many_parts_is_not_opened() -> None:
    written = io.BytesIO(files.docx())
    with zipfile.ZipFile(written, "a") as archive:
        for number in range(2_000):
            archive.writestr(f"word/{number}.xml", "")
    assert "unpacks to far more than it is" in refused(written.getvalue())


def test_picture_is_drawn_anew_the_right_way_up_without_what_it_says_of_the_place() -> None:
    original = files.jpeg_from_a_telephone()
    assert b"CanaryPhone" in original
    checked = checked_content("IMG_2041.JPEG", original)
    assert (checked.name, checked.media_type) == ("IMG_2041.JPEG", "image/jpeg")
    for mark in (b"CanaryPhone", b"Exif", b"canary comment"):
        assert mark not in checked.content
    with Image.open(io.BytesIO(checked.content)) as picture:
        assert picture.size == (20, 40)
        assert dict(picture.getexif()) == {}


def test_picture_keeps_no_words_and_nothing_behind_its_end() -> None:
    checked = checked_content("scan.png", files.png_with_words())
    assert b"canary" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as picture:
        assert (picture.mode, picture.size, picture.getpixel((0, 0))) == ("RGBA", (3, 2), (255, 0, 0, 128))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ('"quoted";.pdf', "_quoted__.pdf"),
        ("<b>.pdf", "_b_.pdf"),
        ("  .hidden ", "hidden"),
        ("", "file"),
        ("...", "file"),
        ("é.pdf", "é.pdf"),
        ("a" * 300 + ".pdf", "a" * 96 + ".pdf"),
        ("a" * 300, "a" * 100),
    ],
)
def test_names_are_cleaned(name: str, shown: str) -> None:
    assert cleaned_name(name) == shown
