"""Forms of this room: of statements, and of scenarios."""
