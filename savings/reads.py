"""Which of the room's routes show something about a child or a carer: who opens them is noted in the security log."""

CHILD_ROUTES = (
    *("cohort", "child", "child-add", "child-correct", "child-retract", "child-move", "child-access"),
    *("placement-breakdown", "placement-price", "placement-correct", "placement-retract"),
    *("extra-cost-add", "extra-cost-correct", "extra-cost-retract"),
    *("import", "import-check", "carers", "expenses"),
    *("statement", "statement-propose", "statement-agree", "statement-dispute", "statement-withdraw"),
    *("statement-close", "statement-then-and-now", "savings-by-child"),
    *("statement-report", "statement-workbook", "statement-document"),
    *("what-if", "scenario-add", "scenario-import", "scenario-compare", "scenario", "scenario-settings"),
    *("scenario-copy", "scenario-refresh", "scenario-close", "scenario-history", "scenario-file"),
    *("plan-move", "plan-breakdown", "plan-price", "plan-joining", "plan-leaving", "plan-terms", "plan-remove"),
    *("readings", "readings-report", "readings-workbook"),
    *("api-statements", "api-statement", "api-statement-json", "api-statement-report", "api-statement-workbook"),
    *("api-proposals", "api-proposal", "api-agreement", "api-dispute", "api-withdrawal", "api-closing"),
)
