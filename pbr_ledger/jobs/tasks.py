"""The one Celery task: do the job of that number."""

from pbr_ledger.jobs import services
from pbr_ledger.jobs.broker import TASK, app


@app.task(name=TASK)
def run(job_id: int) -> None:
    """Do the job if it is still to be done. Its row says how it ended."""
    services.run(job_id=job_id)
