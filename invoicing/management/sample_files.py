"""Small files such as people attach as evidence, made for the demonstration: a PDF of one page and a picture."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

AGREEMENT = (
    ("Placement agreement (a sample for the demonstration)", 16),
    ("Child C16, placement C16-F0, household H06", 12),
    ("Moved on: 11 May 2026", 12),
    ("Signed by the carers and the council's placement team on 11 May 2026", 12),
)
LOG = (
    "Mileage log, May 2026 (a sample for the demonstration)",
    "",
    "07 May   family support visits out of area   212 miles",
    "14 May   family support visits out of area   188 miles",
    "21 May   family support visits out of area   204 miles",
    "",
    "In all 604 miles at 45p: 271.80 pounds",
)


def placement_agreement() -> bytes:
    """A PDF of one page that says when C16 moved."""
    lines = [f"/F1 {size} Tf 0 -32 Td ({_escaped(text)}) Tj" for text, size in AGREEMENT]
    page = "\n".join(["BT 60 780 Td", *lines, "ET"]).encode("ascii")
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font 6 0 R >> >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /F1 5 0 R >>",
        ]
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf(objects: list[bytes]) -> bytes:
    """The file that holds these objects, numbered from 1, with its table of where each begins."""
    file, starts = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        starts.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + trailer


def mileage_log() -> bytes:
    """A PNG of the month's journeys, as of a photographed sheet."""
    picture = Image.new("RGB", (760, 300), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=20)
    for row, text in enumerate(LOG):
        draw.text((30, 30 + 34 * row), text, fill="black", font=font)
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
