"""Pages of scenarios: what if, beside the contract (docs/what-if.md)."""
