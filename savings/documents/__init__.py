"""The documents of a closed statement: what they say in words, rows and a chart, and how they become a PDF."""
