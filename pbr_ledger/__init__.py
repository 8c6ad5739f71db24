"""The payment-by-results ledger: settings, the floor's own modules, and the roof."""
