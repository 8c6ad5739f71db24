"""Migrations of the job rows."""
