"""Which of the room's routes show something about a child or a carer: who opens them is noted in the security log."""

PAGES = (
    *("claims", "claim", "claim-submit", "claim-agree-move", "claim-agree", "claim-query", "claim-reject"),
    *("claim-answer", "claim-withdraw"),
    *("evidence-beside", "evidence-attach", "evidence", "evidence-withdraw"),
    *("baselines", "baseline", "baseline-propose", "baseline-agree-recorded", "baseline-agree", "baseline-decline"),
    "baseline-withdraw",
    *("household-add", "household-panel", "household-correct", "household-retract"),
    *("expense-add", "expense-correct", "expense-retract"),
)
OF_CLAIMS = (
    *("api-claim-notes", "api-claim-agreement", "api-claim-query", "api-claim-rejection", "api-claim-answer"),
    *("api-claim-withdrawal", "api-agreed-moves", "api-placement-breakdown", "api-child-baseline-agreement"),
    "api-evidence-file",
)

FACTS = {
    "children": "child",
    "placements": "placement",
    "households": "household",
    "extra-costs": "extra-cost",
    "expenses": "expense",
    "claims": "claim",
}


def _of(many: str, one: str) -> tuple[str, ...]:
    """The addresses of the API for facts of one kind."""
    changes = () if one == "claim" else (f"api-{one}-retraction", f"api-{one}-restoration")
    evidence = () if one in {"child", "extra-cost"} else (f"api-{one}-evidence",)
    return (f"api-{many}", f"api-{one}", f"api-{one}-versions", *changes, *evidence)


CHILD_ROUTES: tuple[str, ...] = (
    *PAGES,
    *(route for many, one in FACTS.items() for route in _of(many, one)),
    *OF_CLAIMS,
)
