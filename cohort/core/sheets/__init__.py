"""Facts as rows of sheets: what the sheets are, what their cells mean, and what they do to what is known (11.3)."""
