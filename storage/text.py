"""What every store makes of text before it keeps it, so that a prompt looks the same whichever store has it."""


def clean(text: str) -> str:
    """Text that UTF-8 has bytes for: lone surrogates become U+FFFD, halves of a pair are joined."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean_name(name: str | None) -> str | None:
    """The same for a name, which may be none."""
    return None if name is None else clean(name)
