"""The jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Job rows: what has to follow a change, and how far it got."""

    name = "pbr_ledger.jobs"
    label = "jobs"
    verbose_name = "Jobs"
