"""What people are told by mail: at once, or once a day; each chooses for themselves."""
