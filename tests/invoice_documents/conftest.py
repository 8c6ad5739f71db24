"""Issued invoices of a contract whose months are closed."""

from tests.invoicing.conftest import broker_folder, world

__all__ = ["broker_folder", "world"]
