"""Lets `Accept` ask for a document's own type; a problem is JSON all the same."""

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer


class BytesRenderer(BaseRenderer):
    """A document of some type; its view answers with the bytes."""

    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """The problem, where there is no document."""
        rendered: bytes = JSONRenderer().render(data)
        return rendered


class PdfRenderer(BytesRenderer):
    """PDF."""

    media_type = "application/pdf"
    format = "pdf"


class WorkbookRenderer(BytesRenderer):
    """XLSX."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"
