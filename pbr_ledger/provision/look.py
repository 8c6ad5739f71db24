"""Fetches the look of the pages into `static/vendor/`: GOV.UK and MOJ Frontend without what is their own, an open font.

    python -m pbr_ledger.provision.look

Needs npm; the product itself does not. The packages are pinned by version and SHA-256. What may only be used on GOV.UK
is taken out: the font GDS Transport, the crest, the crown. `VERSION.md` beside the files records what they are. Each
folder holds its licence: the archive's own, or, where it has none, `LICENSE.txt` out of the package's repository.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pbr_ledger.provision.errors import ProvisionError

VENDOR = Path(__file__).resolve().parent.parent.parent / "static" / "vendor"
FONTS = '"Source Sans 3",arial,sans-serif'
CROWN_COPYRIGHT_RULE = re.compile(r"[^{}]*(?:crown|crest|copyright-logo)[^{}]*\{[^{}]*\}")
PICTURE_RULE = re.compile(r"[^{}]*\{[^{}]*url\([^{}]*\}")
EMPTY_BLOCK = re.compile(r"@(?:media|supports)[^{}]*\{\}")
FONT_FACE = re.compile(r"(?:/\*!.*?\*/)?@font-face\{[^{}]*GDS Transport[^{}]*\}", re.DOTALL)
SOURCE_MAP = re.compile(r"\s*(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")
PRINTED_ADDRESS = re.compile(r'@media print\{\[href\^="/"\]\.govuk-link:after.*?\}\}')
FORBIDDEN = re.compile(r"(?i:GDS Transport|crown|crest|sourceMappingURL)|\burl\(")


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the npm registry: `files` says which of its files become which of ours."""

    name: str
    version: str
    sha256: str
    licence: str
    files: dict[str, str]

    @property
    def folder(self) -> str:
        """The folder of its files: the name without a scope."""
        return self.name.removeprefix("@").replace("/", "-")


PACKAGES = (
    Package(
        "govuk-frontend",
        "6.6.0",
        "52c4eb554e54d8a6e4ba801e9da5ec3a5b930fd2f117a39677f0b6296e954751",
        "MIT",
        {
            "package/dist/govuk/govuk-frontend.min.css": "govuk-frontend.css",
            "package/dist/govuk/govuk-frontend.min.js": "govuk-frontend.js",
        },
    ),
    Package(
        "@ministryofjustice/frontend",
        "11.1.0",
        "9ec6ccf0739cefee1fdc663ca61387204dcf3fd9bfcfafa8b9159d993f38984b",
        "MIT",
        {"package/moj/moj-frontend.min.css": "moj-frontend.css"},
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e",
        "Zero-Clause BSD",
        {"package/dist/htmx.min.js": "htmx.js", "package/LICENSE": "LICENSE"},
    ),
    Package(
        "source-sans",
        "3.52.0",
        "49cf78ddd79b436591ee696785222b54ff28102922e3d3df297fe382d7fdfa88",
        "SIL Open Font License 1.1",
        {
            "package/WOFF2/TTF/SourceSans3-Regular.ttf.woff2": "SourceSans3-Regular.woff2",
            "package/WOFF2/TTF/SourceSans3-Bold.ttf.woff2": "SourceSans3-Bold.woff2",
            "package/LICENSE.md": "LICENSE.md",
        },
    ),
)


def fetched(package: Package, folder: Path) -> Path:
    """The package's archive, of exactly the bytes that were looked at. Raises `ProvisionError` for any other."""
    command = ["npm", "pack", "--json", "--pack-destination", str(folder), f"{package.name}@{package.version}"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    archive = folder / Path(json.loads(answer.stdout)[0]["filename"]).name
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise ProvisionError(f"{archive.name} has the SHA-256 {found}, not {package.sha256}.")
    return archive


def mended(name: str, content: bytes) -> bytes:
    """The file as we serve it: without font, crest and crown of GOV.UK, without a link to a source map."""
    if not name.endswith((".css", ".js")):
        return content
    text = SOURCE_MAP.sub("\n", content.decode())
    if name.endswith(".css"):
        text = FONT_FACE.sub("", text).replace("GDS Transport,arial,sans-serif", FONTS)
        text = PRINTED_ADDRESS.sub("", text).replace("font-family:sans-serif", f"font-family:{FONTS}")
        text = _without_empty_blocks(PICTURE_RULE.sub("", CROWN_COPYRIGHT_RULE.sub("", text)))
    if left := FORBIDDEN.search(text):
        raise ProvisionError(f"{name} still has “{left[0]}”: look at the new version of the package by hand.")
    return text.encode()


def _without_empty_blocks(css: str) -> str:
    while (smaller := EMPTY_BLOCK.sub("", css)) != css:
        css = smaller
    return css


def vendor(package: Package) -> None:
    """The package's files in `static/vendor/`, with a record of what they are."""
    target = VENDOR / package.folder
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fetched(package, Path(folder))) as archive:
        for source, name in package.files.items():
            member = archive.extractfile(source)
            if member is None:
                raise ProvisionError(f"{package.name} {package.version} has no {source}.")
            (target / name).write_bytes(mended(name, member.read()))
    (target / "VERSION.md").write_text(record(package), encoding="utf-8")


def record(package: Package) -> str:
    """What `VERSION.md` says about the files."""
    rows = (
        f"| `{name}` | `{source}` | `{hashlib.sha256((VENDOR / package.folder / name).read_bytes()).hexdigest()}` |"
        for source, name in package.files.items()
    )
    return "\n".join(
        (
            f"# {package.name} {package.version}",
            "",
            f"From the npm package `{package.name}` {package.version} (archive's SHA-256 `{package.sha256}`), licence",
            f"{package.licence}, by `python -m pbr_ledger.provision.look`, which says what it takes out; never edited.",
            "",
            "| file | in the package | SHA-256 |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def main() -> int:
    """Fetch everything again."""
    try:
        for package in PACKAGES:
            vendor(package)
            print(f"{package.name} {package.version}: static/vendor/{package.folder}")
    except (ProvisionError, FileNotFoundError, subprocess.CalledProcessError) as error:
        print(f"The look was not fetched: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
