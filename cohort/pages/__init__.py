"""What the pages of this room say, and what every page about a contract stands on."""
