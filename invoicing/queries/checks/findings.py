"""What a check finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, and where: `L04 25/26 entry 12`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"
