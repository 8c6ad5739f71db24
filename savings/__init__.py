"""What it saved: nights, months, fees, statements and their agreement."""
