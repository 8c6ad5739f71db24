"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The activity log."""

    name = "pbr_ledger.audit"
    label = "audit"
    verbose_name = "Activity"
