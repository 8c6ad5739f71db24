"""What is known: contracts and their terms, children, placements, prices, claims, carers, expenses."""
