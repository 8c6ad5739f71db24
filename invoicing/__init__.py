"""What is owed: invoices, credit notes, payments, the ledger, and the documents with an address on them."""
