"""The activity log: append-only, each row carrying the hash of the one before."""
