"""The API of what is known: the facts of a contract, read and recorded by the council's and the provider's programs."""

from cohort.api import problems

__all__ = ["problems"]
