"""The jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Job rows: what has to follow a change, and how far it got."""

    name = "pbr_ledger.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Register the figures of the jobs, and what a deployment is checked for."""
        from pbr_ledger.jobs import checks  # noqa: F401, PLC0415 - apps are not ready before
        from pbr_ledger.jobs.figures import job_figures  # noqa: PLC0415
        from pbr_ledger.observability.figures import register  # noqa: PLC0415
        from pbr_ledger.observability.secrets import secret_figures  # noqa: PLC0415

        register(job_figures)
        register(secret_figures)
