"""What Celery may ask for: do the job of that number, and ask for what is missing up to today."""

from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs import services
from pbr_ledger.jobs.broker import CATCH_UP, TASK, app


@app.task(name=TASK)
def run(job_id: int) -> None:
    """Do the job if it is still to be done. Its row says how it ended."""
    services.run(job_id=job_id)


@app.task(name=CATCH_UP)
def catch_up() -> None:
    """Ask for the daily work that is missing up to today."""
    services.catch_up(clock=DATABASE_CLOCK)
