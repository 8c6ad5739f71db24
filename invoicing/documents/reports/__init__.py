"""Reports for a committee: one structure of tables, and each of its forms."""
