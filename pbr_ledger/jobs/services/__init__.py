"""Every change of a job's state: asked for, claimed, done, failed, run again, sent again.

All moments are read from the database's clock, so workers on hosts whose clocks differ agree on what is due.
"""

from pbr_ledger.jobs.services.asking import NoOpenTransaction, catch_up, enqueue, keep_report, rerun, send_soon
from pbr_ledger.jobs.services.dispatching import dispatch_once
from pbr_ledger.jobs.services.working import (
    LOST_EACH_TIME,
    LeaseLost,
    claim,
    complete,
    give_up_lost_jobs,
    note_progress,
    record_failure,
    retry_delay,
    run,
)

__all__ = [
    "LOST_EACH_TIME",
    "LeaseLost",
    "NoOpenTransaction",
    "catch_up",
    "claim",
    "complete",
    "dispatch_once",
    "enqueue",
    "give_up_lost_jobs",
    "keep_report",
    "note_progress",
    "record_failure",
    "rerun",
    "retry_delay",
    "run",
    "send_soon",
]
