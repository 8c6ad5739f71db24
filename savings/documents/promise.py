"""The monthly promise in words: placements and charges against what residential care would have cost (5.4)."""

from pbr_ledger.money import pounds_shown
from pbr_ledger.words import month_shown
from savings.core.promise import Promise


def promise_verdict(test: Promise) -> str:
    """Whether the month keeps the promise, in a sentence; and what is said where a charge outside it passes it."""
    month = month_shown(test.month)
    if test.baseline_pence == 0:
        charged = pounds_shown(test.charged_pence)
        compared = f" to compare with the {charged} that its statement charges" if test.charged_pence > 0 else ""
        return f"No night counted in {month}, so there is no residential cost{compared}."
    if not test.kept:
        return f"{month} does not keep the promise: placements and the fixed fee cost more than the baseline."
    if not test.kept_with_charges:
        return (
            f"{month} keeps the promise for the fixed fee, but not with everything that its statement charges. "
            "It is a test and not a limit: the charges stand."
        )
    return f"{month} keeps the promise."


def promise_rows(test: Promise) -> tuple[tuple[str, str, bool], ...]:
    """The test as a sum: words, amount, and whether it is a result; nothing where no night counted."""
    if test.baseline_pence == 0:
        return ()
    return (
        ("The nights that count, at the baseline", pounds_shown(test.baseline_pence), False),
        ("Their placements and extra costs", pounds_shown(test.placements_pence), False),
        ("Fixed fee of the month", pounds_shown(test.fixed_fee_pence), False),
        _result("Placements and fixed fee", test.with_fee_pence, test.baseline_pence),
        ("Everything this statement charges", pounds_shown(test.charged_pence), False),
        _result("Placements and everything charged", test.with_charges_pence, test.baseline_pence),
    )


def _result(words: str, cost: int, baseline: int) -> tuple[str, str, bool]:
    if cost > baseline:
        return f"{words}: above the baseline by", pounds_shown(cost - baseline), True
    if cost == baseline:
        return f"{words}: exactly the baseline", pounds_shown(0), True
    return f"{words}: below the baseline by", pounds_shown(baseline - cost), True
