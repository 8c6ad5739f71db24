"""The keys that do something on the pages, as a page and its dialog list them."""

from dataclasses import dataclass

from pbr_ledger.accounts.models import Person
from pbr_ledger.sections import letters_for


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A key, or several one after the other, and what they do."""

    keys: tuple[str, ...]
    words: str


def keys_for(person: Person) -> list[KeyShown]:
    """The keys as this person can use them: of a contract's parts those that they see."""
    parts = [KeyShown(("g", letter), f"{name}, in a contract") for letter, name in letters_for(person)]
    return [
        KeyShown(("?",), "Show these shortcuts"),
        KeyShown(("/",), "Search by reference"),
        KeyShown(("j",), "To the next row of a list"),
        KeyShown(("k",), "To the row before"),
        KeyShown(("g", "h"), "To your first page"),
        *parts,
    ]
