"""What people fill in about invoices, payments and the books."""
