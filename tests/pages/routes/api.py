"""Addresses of the API: a token opens them, and nothing of a session does.

What each token gets is tried in `tests/api`; here it is only shown that a signed-in person is nobody there.
"""

from dataclasses import dataclass
from typing import Any

from cohort.models import Contract
from tests.pages.routes.table import BAD_REQUEST, NEEDS_TOKEN, NOBODY, PAGE, WRONG_METHOD, Route


@dataclass(frozen=True)
class ApiRoute(Route):
    """The same for everybody, signed in or not: `answer` by GET, and by POST `posted`."""

    posted: str = NEEDS_TOKEN

    def by_post(self, who: str, *, of_the_contract: bool) -> set[str]:  # noqa: ARG002 - the same for everybody
        """What an empty POST gets."""
        return {self.posted}

    def by_post_unknown(self) -> set[str]:
        """The same."""
        return {self.posted}


def _open(answer: str, posted: str) -> ApiRoute:
    return ApiRoute(readers=NOBODY, answer=answer, others=answer, anonymous=answer, posted=posted)


_WITH_TOKEN = _open(NEEDS_TOKEN, NEEDS_TOKEN)
ROUTES: dict[str, Route] = {
    "api-token": _open(WRONG_METHOD, BAD_REQUEST),
    "api-schema": _open(PAGE, WRONG_METHOD),
    "api-docs": _open(PAGE, WRONG_METHOD),
    "api-problem": _open(PAGE, WRONG_METHOD),
    "api-nothing": _open(NEEDS_TOKEN, NEEDS_TOKEN),
    **dict.fromkeys(
        (
            "api-agreement",
            "api-children",
            "api-claims",
            "api-closing",
            "api-dispute",
            "api-expenses",
            "api-extra-costs",
            "api-households",
            "api-placements",
            "api-proposal",
            "api-proposals",
            "api-statement",
            "api-statements",
            "api-withdrawal",
            "api-contracts",
            "api-contract",
            "api-invoices",
            "api-invoice",
            "api-invoice-pdf",
            "api-invoice-xml",
            "api-payments",
            "api-payment",
            "api-payment-reversal",
            "api-repayments",
            "api-set-offs",
            "api-set-off",
            "api-set-off-reversal",
            "api-events",
            "api-endpoints",
            "api-endpoint",
            "api-endpoint-changes",
            "api-endpoint-verification",
            "api-endpoint-test",
            "api-endpoint-disabling",
            "api-endpoint-enabling",
            "api-endpoint-closing",
            "api-endpoint-secret",
            "api-endpoint-earlier-secret",
            "api-deliveries",
            "api-delivery",
            "api-resending",
        ),
        _WITH_TOKEN,
    ),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses are made of."""
    return {"row": 1, "slug": "invalid", "rest": "nothing"}
