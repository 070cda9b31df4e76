"""How tests keep what was attached, where they say nothing of it: as a bot does, without a limit on its space."""

from documents.reading import Limits, Reader
from porting.attached import Keeping


def keeping(space: int = 0) -> Keeping:
    """A reader of its own, as its places belong to one event loop; it has no child left when nothing is read."""
    return Keeping(reader=Reader(Limits()), space=space)
