"""What pages about scenarios say (docs/what-if.md)."""
