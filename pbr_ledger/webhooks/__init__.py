"""Webhooks: telling programs elsewhere that something has happened, at least once and in order for each invoice."""
