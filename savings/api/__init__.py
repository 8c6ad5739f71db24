"""The API of statements: proposed, agreed, disputed, closed, for the council's and the provider's programs."""
