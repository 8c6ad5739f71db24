"""The problems of statements."""

from pbr_ledger.clients.api.problems import add_problem, meaning
from savings.services import FiguresHaveChanged, StatementAlreadyClosed

FIGURES_HAVE_CHANGED = add_problem(
    "figures-have-changed",
    409,
    "The figures have changed since they were proposed",
    "The proposal has lapsed. Read the detail; a new proposal is needed.",
)
ALREADY_CLOSED = add_problem(
    "already-closed",
    409,
    "The month, or a later one, is closed for good",
    "Nothing: later news is in later months.",
)
meaning(FIGURES_HAVE_CHANGED, FiguresHaveChanged)
meaning(ALREADY_CLOSED, StatementAlreadyClosed)
