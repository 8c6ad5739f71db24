"""Attacks on the served ledger: each is tried for real, and refused."""
