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
            "api-agreed-moves",
            "api-agreement",
            "api-child",
            "api-child-baseline-agreement",
            "api-child-restoration",
            "api-child-retraction",
            "api-child-versions",
            "api-children",
            "api-claim",
            "api-claim-agreement",
            "api-claim-answer",
            "api-claim-evidence",
            "api-claim-notes",
            "api-claim-query",
            "api-claim-rejection",
            "api-claim-versions",
            "api-claim-withdrawal",
            "api-claims",
            "api-closing",
            "api-contract",
            "api-contracts",
            "api-deliveries",
            "api-delivery",
            "api-dispute",
            "api-endpoint",
            "api-endpoint-changes",
            "api-endpoint-closing",
            "api-endpoint-disabling",
            "api-endpoint-earlier-secret",
            "api-endpoint-enabling",
            "api-endpoint-secret",
            "api-endpoint-test",
            "api-endpoint-verification",
            "api-endpoints",
            "api-events",
            "api-evidence-file",
            "api-expense",
            "api-expense-evidence",
            "api-expense-restoration",
            "api-expense-retraction",
            "api-expense-versions",
            "api-expenses",
            "api-extra-cost",
            "api-extra-cost-restoration",
            "api-extra-cost-retraction",
            "api-extra-cost-versions",
            "api-extra-costs",
            "api-household",
            "api-household-evidence",
            "api-household-restoration",
            "api-household-retraction",
            "api-household-versions",
            "api-households",
            "api-invoice",
            "api-invoice-pdf",
            "api-invoice-xml",
            "api-invoices",
            "api-payment",
            "api-payment-reversal",
            "api-payments",
            "api-placement",
            "api-placement-breakdown",
            "api-placement-evidence",
            "api-placement-restoration",
            "api-placement-retraction",
            "api-placement-versions",
            "api-placements",
            "api-proposal",
            "api-proposals",
            "api-repayments",
            "api-resending",
            "api-set-off",
            "api-set-off-reversal",
            "api-set-offs",
            "api-statement",
            "api-statement-json",
            "api-statement-report",
            "api-statement-workbook",
            "api-statements",
            "api-withdrawal",
        ),
        _WITH_TOKEN,
    ),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What the addresses are made of."""
    return {"row": 1, "slug": "invalid", "rest": "nothing"}
