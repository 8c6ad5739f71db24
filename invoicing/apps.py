"""The room of what is owed."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Makes the room's kinds of job known when Django starts."""

    name = "invoicing"
    verbose_name = "Invoices and the ledger"

    def ready(self) -> None:
        """Register the work that follows a closing."""
        from invoicing.tasks import DRAFT_INVOICE  # noqa: PLC0415 - apps are not ready before
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415

        register(DRAFT_INVOICE)
