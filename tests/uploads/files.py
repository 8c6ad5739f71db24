"""Small files of every kind, as people and as attackers make them."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
    b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n105\n%%EOF\n"
)
TEXT = "The child moved on 19 January; £785 a week.\n".encode()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def types(kind: str, part: str) -> str:
    """A package's list of types, which names one part."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    )


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def docx(**more: str | bytes) -> bytes:
    """A Word document; `more` are further parts, `__` in their names for a slash and `_dot_` for a full stop."""
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()}
    parts = {"[Content_Types].xml": types(WORD_TYPE, "word/document.xml"), "word/document.xml": "<document/>"}
    return package({**parts, **named})


def xlsx() -> bytes:
    """A workbook."""
    return package({"[Content_Types].xml": types(SHEET_TYPE, "xl/workbook.xml"), "xl/workbook.xml": "<workbook/>"})


def jpeg_from_a_telephone() -> bytes:
    """A picture lying on its side, 40 by 20, with the place where it was taken and a comment."""
    picture = Image.new("RGB", (40, 20), "white")
    exif = picture.getexif()
    exif[0x0112] = 6
    exif[0x010F] = "CanaryPhone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (50.0, 22.0, 14.0)
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif, comment=b"canary comment")
    return written.getvalue()


def png_with_words() -> bytes:
    """A picture with a text chunk and a trailing script."""
    words = PngInfo()
    words.add_text("Comment", "canary words")
    written = io.BytesIO()
    Image.new("RGBA", (3, 2), (255, 0, 0, 128)).save(written, "PNG", pnginfo=words)
    return written.getvalue() + b"<script>canary()</script>"


def png_bomb(width: int, height: int) -> bytes:
    """A picture that says it is as large as that and has nothing in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def zip_bomb() -> bytes:
    """A Word document of some kilobytes that unpacks to 60 MB."""
    return docx(word__media__image1_dot_bmp=b"\0" * 60_000_000)
