"""The API of what is known: the facts of a contract, for the council's and the provider's programs."""
