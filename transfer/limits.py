"""How much of a foreign file is taken into memory at once, so that no file can bring the bot down."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

CHUNK: Final = 64 * KIB
"""Bytes read at once."""

MOST_DEPTH: Final = 64
"""How deep foreign JSON may nest."""
MOST_OWN_DEPTH: Final = 96
"""The same for our own files, in which foreign data sits a few levels deeper."""

MOST_WEIGHT: Final = 32 * MIB
"""What one foreign conversation may weigh (`parsing.Parsed`): millions of words."""
MOST_OWN_WEIGHT: Final = 48 * MIB
"""The same for our own files: what was taken in from elsewhere must come in again from our export of it."""

MOST_ID: Final = 200
"""Characters of an id. Whoever has longer ones is not one of the programs that we know."""
MOST_NAME: Final = 200
"""Characters of a name; the rest is cut."""
MOST_KIND: Final = 100
"""Characters of an entry's kind and of its author's role."""

MOST_DAMAGES_LISTED: Final = 100
"""Damages that a survey lists one by one."""

MOST_DIRECTORY: Final = 16 * MIB
"""Bytes of a ZIP's directory, which Python reads whole."""
MOST_MEMBERS: Final = 100_000
"""Files in a ZIP."""
MOST_RATIO: Final = 200
"""How many times its packed size a ZIP's content may have. Text shrinks to a tenth, a bomb to a thousandth."""
LEAST_SUSPECT: Final = 8 * MIB
"""Content up to this size is never called a bomb: a small file of one letter packs as well as one."""
