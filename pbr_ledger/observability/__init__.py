"""What is seen from outside of how the ledger works: logs, signs of life, figures. Nothing here knows a child."""
