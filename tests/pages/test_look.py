"""The look is GOV.UK's Design System without what only GOV.UK may show, and pages hold nothing that runs."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
PAGES = [path for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html") if "documents" not in path.parts]
RECORDED = re.compile(r"^\| `([^`]+)` \| `[^`]+` \| `([0-9a-f]{64})` \|$", re.MULTILINE)


@pytest.mark.parametrize("mark", ["GDS Transport", "crest", "crown", "sourceMappingURL", "/assets/"])
def test_nothing_that_is_govuks_own_is_left(mark: str):
    files = [path for path in VENDOR.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert {path.name for path in files} == {"govuk-frontend.css", "govuk-frontend.js", "htmx.js", "moj-frontend.css"}
    assert [path.name for path in files if mark.lower() in path.read_text(encoding="utf-8").lower()] == []


def test_vendored_fonts_are_open_ones():
    fonts = {path.name for path in VENDOR.rglob("*") if path.suffix in {".woff", ".woff2", ".ttf", ".otf", ".eot"}}
    assert fonts == {"SourceSans3-Bold.woff2", "SourceSans3-Regular.woff2"}
    assert "SIL OPEN FONT LICENSE" in (VENDOR / "source-sans" / "LICENSE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", sorted(VENDOR.iterdir()), ids=lambda path: path.name)
def test_every_vendored_package_brings_its_licence(folder: Path):
    (licence,) = folder.glob("LICENSE*")
    said = " ".join(licence.read_text(encoding="utf-8").split())
    assert re.search("Permission is hereby granted|Permission to use, copy|SIL OPEN FONT LICENSE", said)


@pytest.mark.parametrize("record", sorted(VENDOR.glob("*/VERSION.md")), ids=lambda path: path.parent.name)
def test_vendored_files_are_those_recorded(record: Path):
    recorded = dict(RECORDED.findall(record.read_text(encoding="utf-8")))
    kept = {path.name for path in record.parent.iterdir()} - {"VERSION.md", "LICENSE.txt"}
    assert set(recorded) == kept
    for name, sha256 in recorded.items():
        assert hashlib.sha256((record.parent / name).read_bytes()).hexdigest() == sha256


@pytest.mark.parametrize("template", PAGES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_page_has_a_script_or_style_of_its_own(template: Path):
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text) == []


def test_static_files_can_be_collected_and_named_by_content(tmp_path: Path, settings: LazySettings):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("ttf", "woff2")  # to be done sooner
    call_command("collectstatic", interactive=False, verbosity=0)
    assert re.fullmatch(r"/static/pages\.[0-9a-f]{12}\.css", staticfiles_storage.url("pages.css"))
    css = (tmp_path / "collected" / Path(staticfiles_storage.url("pages.css")).name).read_text(encoding="utf-8")
    assert re.search(r'url\("vendor/source-sans/SourceSans3-Bold\.[0-9a-f]{12}\.woff2"\)', css)
