"""Invoices and credit notes as people and machines read them: PDF, and UBL 2.1 (EN 16931, Peppol BIS Billing 3.0)."""
