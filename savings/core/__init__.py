"""The arithmetic of docs/contract.md as pure functions over immutable values: exact, without clock or I/O."""
