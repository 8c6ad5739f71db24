"""The page *How we read the contract*: its table of readings, and what each of them comes to."""
