"""Long answers: up to three messages; what is longer goes on in a file that has all of it, under the third.

A person can choose to have all of it in messages. Used by `render.py`, and by whoever gives an answer as a file.
"""

import logging
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from delivery.sender import Upload
from storage.errors import StoreError
from storage.preferences import IN_MESSAGES, LONG_ANSWERS
from storage.records import Actor, SessionInfo
from storage.store import Store

log = logging.getLogger(__name__)

FULL: Final = 3
"""Messages of an answer that is shown in full."""
IN_FILE: Final = "The answer goes on: all of it is in the file."
COMES_AS_FILE: Final = "all of it comes as a file"


def ends_in_file(parts: Sequence[str], *, as_file: bool) -> bool:
    """Whether an answer of these parts is shown only to the third, and goes on in a file."""
    return as_file and len(parts) > FULL


def text_file(session: SessionInfo, text: str) -> Upload:
    """The answer as the model wrote it, as a file."""
    return Upload(f"answer-{session.number}.md", BytesIO(text.encode(errors="replace")))


async def wants_file(store: Store, actor: Actor) -> bool:
    """Whether the person has long answers end in a file; so it is where they chose nothing, or that can't be read."""
    try:
        return await store.preferences.get(actor, LONG_ANSWERS) != IN_MESSAGES
    except StoreError as error:
        log.warning("person %s: how long answers come is not known: %s", actor.user_id, type(error).__name__)
        return True
