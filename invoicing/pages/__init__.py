"""What the pages of invoices, payments, the books and the activity log say: values and words, no markup."""
