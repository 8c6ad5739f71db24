"""The room of what is owed."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Invoices, payments and the ledger."""

    name = "invoicing"
    verbose_name = "Invoices and the ledger"
