"""Errors that the services raise and every way in (page, command, API) can show.

Each says in a sentence what could not be done; `problems` says where, when there are places to name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with what was given: the place (`facts[17].costs[0].weekly`) and what is wrong there."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def below(self, parent: str) -> "Problem":
        """The same problem as seen from a document in which its object stands at `parent`."""
        if not self.place:
            return Problem(parent, self.message)
        joint = "" if self.place.startswith("[") else "."
        return Problem(f"{parent}{joint}{self.place}", self.message)


class LedgerError(Exception):
    """What was asked could not be done; nothing was changed. `str()` is fit to show to the person who asked."""


class Refused(LedgerError):
    """What was given is wrong in the named places."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class NotPermitted(LedgerError):
    """This person may not do this. What they cannot see at all is reported as missing instead."""


class NotFound(LedgerError):
    """There is nothing of that name, as far as this person is concerned."""
