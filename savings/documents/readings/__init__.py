"""How a contract is read, as documents to take to a meeting."""
