"""Whatever looks at the pictures of an import."""

from documents.reading import Limits, Reader


def a_reader() -> Reader:
    """One of a test's own, as its places belong to one event loop; it has no child left when nothing is read."""
    return Reader(Limits())
