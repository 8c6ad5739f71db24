"""Seconds taken, and what is said of them."""

from collections.abc import Sequence


def share(values: Sequence[float], part: float) -> float:
    """The value that so great a part of all values does not pass: 0.95 for the 95th percentile. Of none, 0."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def shown(seconds: Sequence[float]) -> str:
    """Median, 95th and 99th percentile in milliseconds."""
    p50, p95, p99 = (share(seconds, part) * 1000 for part in (0.5, 0.95, 0.99))
    return f"p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms"
