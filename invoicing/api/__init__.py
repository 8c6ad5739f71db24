"""The API of what is owed: contracts, invoices and their documents, payments, set-offs, and what has happened."""

from invoicing.api import problems

__all__ = ["problems"]
