"""The ids of the API in addresses."""


class IdConverter:
    """An id such as `inv_7`; its subclasses say which word it begins with."""

    prefix = ""
    regex = ""

    def to_python(self, text: str) -> int:
        """The key."""
        return int(text.removeprefix(f"{self.prefix}_"))

    def to_url(self, key: int) -> str:
        """The id."""
        return f"{self.prefix}_{key}"


def id_converter(prefix: str) -> type[IdConverter]:
    """The converter of ids that begin so."""
    form = rf"{prefix}_[1-9][0-9]{{0,17}}"
    return type(f"{prefix.title()}Converter", (IdConverter,), {"prefix": prefix, "regex": form})


class AnythingConverter:
    """Whatever follows, line breaks too, so that every address of the API is answered in its own form."""

    regex = r"[\s\S]*"

    def to_python(self, text: str) -> str:
        """The text."""
        return text

    def to_url(self, text: str) -> str:
        """The text."""
        return text
