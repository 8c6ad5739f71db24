"""The room of what is owed."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Makes the room's kinds of job known when Django starts."""

    name = "invoicing"
    verbose_name = "Invoices and the ledger"

    def ready(self) -> None:
        """Register the work that follows a closing and an issue."""
        from invoicing.tasks import DRAFT_INVOICE, INVOICE_PDF, INVOICE_XML  # noqa: PLC0415 - apps are not ready before
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415

        for kind in (DRAFT_INVOICE, INVOICE_PDF, INVOICE_XML):
            register(kind)
