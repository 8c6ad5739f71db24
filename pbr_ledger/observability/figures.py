"""Figures for Prometheus: requests as each process counts them, and what the database knows, asked at each scrape.

Rooms register readers for their figures in `AppConfig.ready`; the floor knows no room. Under gunicorn the processes
share their counts through files (PROMETHEUS_MULTIPROC_DIR, which `pbr_ledger.gunicorn_settings` sets beforehand).
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, transaction
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

logger = logging.getLogger(__name__)

if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    # A file for each place in the row of gunicorn's processes, not for each process that was ever in it: they are many.
    values.ValueClass = values.MultiProcessValue(lambda: os.environ.get("PBR_WEB_PLACE") or os.getpid())

OF_THIS_PROCESS = CollectorRegistry()
REQUESTS = Counter("ledger_requests", "Requests answered.", ["method", "route", "status"], registry=OF_THIS_PROCESS)
SECONDS = Histogram(
    "ledger_request_seconds",
    "How long answers took.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10),
    registry=OF_THIS_PROCESS,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is now. Figures of one name differ in their labels; no label names a person or a child."""

    name: str
    meaning: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[], Iterator[Figure]]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make the reader known to this process; call it from `AppConfig.ready`."""
    if reader not in _readers:
        _readers.append(reader)


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Counts and times one answer."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition() -> bytes:
    """All figures as Prometheus reads them; without the database those of the processes, and `ledger_database_up 0`."""
    registry = CollectorRegistry()
    registry.register(_OfTheDatabase())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(_OfThisProcess())
    return generate_latest(registry)


class _OfThisProcess:
    def collect(self) -> Iterable[Metric]:
        return OF_THIS_PROCESS.collect()


class _OfTheDatabase:
    def collect(self) -> Iterator[Metric]:
        figures, is_up = _read()
        yield GaugeMetricFamily("ledger_database_up", "1 if the database answers.", value=int(is_up))
        families: dict[str, GaugeMetricFamily] = {}
        for each in figures:
            family = families.setdefault(
                each.name, GaugeMetricFamily(each.name, each.meaning, labels=list(each.labels))
            )
            family.add_metric(list(each.labels.values()), each.value)
        yield from families.values()


def _read() -> tuple[list[Figure], bool]:
    try:
        connection.close_if_unusable_or_obsolete() if not connection.in_atomic_block else None
        with transaction.atomic():
            return [figure for reader in _readers for figure in reader()], True
    except DatabaseError as error:
        logger.warning("The database did not give its figures (%s).", type(error).__name__)
        return [], False
