"""How it runs: what is seen from outside, how it is set up, and what happens when parts of it fail."""
