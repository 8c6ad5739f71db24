"""What each report says: its tables and how their figures come about."""
