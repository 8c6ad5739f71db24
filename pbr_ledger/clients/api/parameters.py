"""Parameters and answers that many operations share, for the schema."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

KEY_OF_CREATION = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="Yours, new for each thing that you make. The same request again makes nothing twice.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of what you read."
)
RANGE = OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="One range of bytes.")
UNCHANGED = OpenApiResponse(description="As it was when you read it (`If-None-Match`).")


def row_id(prefix: str) -> OpenApiParameter:
    """The id in an address."""
    form = {"type": "string", "pattern": f"^{prefix}_[1-9][0-9]{{0,17}}$"}
    return OpenApiParameter("row", form, OpenApiParameter.PATH, description="Its id.")
