"""Pictures: drawn anew, so that nothing is kept but what is seen. Where they were taken goes with the rest."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from pbr_ledger.uploads.refusals import UploadRefused

MOST_PIXELS = 50_000_000
"""More than a telephone's picture has; one of these takes some 200 MB to draw."""
_ENDINGS = {"PNG": "png", "JPEG": "jpg"}
_JPEG_QUALITY = 90


def read(content: bytes) -> tuple[str, bytes]:
    """`png` or `jpg`, and the picture drawn anew the right way up, without EXIF, place, comments or further frames.

    Raises `UploadRefused` for a damaged picture and for one with more pixels than anybody needs.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=tuple(_ENDINGS)) as opened:
                _require_bounds(opened)
                kind = str(opened.format)
                return _ENDINGS[kind], _drawn(opened, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadRefused(_TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, Warning) as error:
        raise UploadRefused("is a picture that cannot be opened.") from error


_TOO_LARGE = "has more than 50 million pixels. Make it smaller and attach that."


def _require_bounds(opened: Image.Image) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise UploadRefused(_TOO_LARGE)


def _drawn(opened: Image.Image, kind: str) -> bytes:
    upright = ImageOps.exif_transpose(opened)
    with_alpha = "A" in upright.getbands() or "transparency" in upright.info
    mode = "RGBA" if with_alpha and kind == "PNG" else "L" if upright.mode in {"1", "L"} else "RGB"
    seen = upright.convert(mode)
    seen.info.clear()
    written = io.BytesIO()
    if kind == "JPEG":
        seen.save(written, "JPEG", quality=_JPEG_QUALITY)
    else:
        seen.save(written, "PNG")
    return written.getvalue()
